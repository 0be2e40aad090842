"""Secrets that roles put on nodes: named by a reference in the site, read on use, and never shown.

``file:PATH`` is a file with mode 0600 or less, relative to the site folder; ``env:NAME`` is an environment variable of
the process that configures the nodes.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

from pydantic import Field

from gigaworks.inventory.problem import GigaworksError, Problem

Reference = Annotated[str, Field(pattern=r"^(file:\S+|env:[A-Za-z_][A-Za-z0-9_]*)$")]


class Secret:
    """Bytes that no representation shows: pyinfra makes names, hashes and messages from its arguments."""

    def __init__(self, content: bytes) -> None:
        self.content = content

    def __repr__(self) -> str:
        return "a secret"


def resolve(reference: str, site_folder: str) -> bytes:
    """Return the secret behind a reference, as it is: a file's last line end belongs to it.

    Raises:
        GigaworksError: there is no such file or variable, it is empty, or others may read the file.
    """
    kind, _, name = reference.partition(":")
    if kind == "env":
        value = os.environ.get(name, "").encode()
        return value or _fail(reference, "the variable is not set", f"export {name}, then try again")
    path = Path(site_folder) / name
    try:
        mode = path.stat().st_mode & 0o777
        content = path.read_bytes()
    except OSError as error:
        return _fail(reference, f"{path}: {error.strerror}", "make the file, with mode 0600")
    if mode & 0o077:
        return _fail(reference, f"{path} has mode {mode:o}: others may read it", f"chmod 600 {path}")
    return content or _fail(reference, f"{path} is empty", "put the secret into it")


def _fail(reference: str, why: str, fix: str) -> bytes:
    raise GigaworksError(Problem("a secret cannot be read", f"{reference}: {why}", fix, id="SECRET-1"))
