"""A setting that a short command reads and another one sets."""

from __future__ import annotations

import difflib
from collections.abc import Generator

from pyinfra import host
from pyinfra.api import StringCommand, operation

from gigaworks.roles.facts.probe import Probe
from gigaworks.roles.operations import noted


@operation()
def probed(probe: str, expected: str, command: str) -> Generator[StringCommand]:
    """Run ``command`` where ``probe`` does not print ``expected``.

    + probe: shell text that prints the setting and changes nothing
    + expected: what it prints where all is well; white space at the ends of lines does not count
    + command: shell text that brings the setting about
    """
    wanted = "\n".join(line.strip() for line in expected.splitlines()).strip()
    observed = host.get_fact(Probe, text=probe)
    if observed == wanted:
        host.noop(f"{probe} is as expected")
        return
    lines = difflib.ndiff(observed.splitlines(), wanted.splitlines())
    noted.difference("\n".join(line for line in lines if line[0] in "+-"))
    yield StringCommand(command)
