"""A text file as it is: mode, owner, size and content, in one read."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from pyinfra.api import FactBase


class Text(NamedTuple):
    """A file's mode (octal, no leading zero), owner (``user:group``), size in bytes, and its lines."""

    mode: str
    owner: str
    size: int
    lines: list[str]


class FileText(FactBase[Text | None]):
    """Returns the file at ``path`` as Text, or None where there is none."""

    def command(self, path: str) -> str:
        """Print mode, owner and size, then the content."""
        name = shlex.quote(path)
        return f"if [ -f {name} ]; then stat -L -c '%a %U:%G %s' {name}; cat {name}; fi"

    def process(self, output: list[str]) -> Text | None:
        """Read the two parts."""
        if not output:
            return None
        mode, owner, size = output[0].split()
        return Text(mode, owner, int(size), output[1:])
