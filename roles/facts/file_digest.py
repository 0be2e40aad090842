"""A file by its digest: for content that must not travel, as FileText's does."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from pyinfra.api import FactBase


class Digest(NamedTuple):
    """A file's mode (octal, no leading zero), owner (``user:group``) and SHA-256."""

    mode: str
    owner: str
    sha256: str


class FileDigest(FactBase[Digest | None]):
    """Returns the file at ``path`` as Digest, or None where there is none."""

    def command(self, path: str) -> str:
        """Print mode and owner, then the digest."""
        name = shlex.quote(path)
        return f"if [ -f {name} ]; then stat -L -c '%a %U:%G' {name}; sha256sum <{name}; fi"

    def process(self, output: list[str]) -> Digest | None:
        """Read the two lines."""
        if not output:
            return None
        mode, owner = output[0].split()
        return Digest(mode, owner, output[1].split()[0])
