"""A text file as it is: mode, owner, digest and content, in one read."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from pyinfra.api import FactBase


class Text(NamedTuple):
    """A file's mode (octal, no leading zero), owner (``user:group``), SHA-256 and content."""

    mode: str
    owner: str
    sha256: str
    content: str


class FileText(FactBase[Text | None]):
    """Returns the file at ``path`` as Text, or None where there is none."""

    def command(self, path: str) -> str:
        """Print mode and owner, then the digest, then the content."""
        name = shlex.quote(path)
        return f"if [ -f {name} ]; then stat -L -c '%a %U:%G' {name}; sha256sum <{name}; cat {name}; fi"

    def process(self, output: list[str]) -> Text | None:
        """Read the three parts."""
        if len(output) < 2:
            return None
        mode, owner = output[0].split()
        return Text(mode, owner, output[1].split()[0], "\n".join(output[2:]))
