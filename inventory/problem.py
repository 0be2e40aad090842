"""What is wrong, where, and what to do about it: the one shape in which every part reports trouble."""

from __future__ import annotations

from typing import Literal

import msgspec


class Place(msgspec.Struct, frozen=True, order=True):
    """A position in a file that a person wrote; line and column count from 1, 0 means the whole file."""

    file: str
    line: int = 0
    column: int = 0
    end_column: int = 0

    def __str__(self) -> str:
        return ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])


class Problem(msgspec.Struct, frozen=True):
    """One finding.

    ``summary`` is short and carries no names chosen by the user; ``detail`` says what was wrong and why it
    matters, with figure and limit; ``fix`` says what to do. ``id`` is a law's id (``PWR-3``) or empty.
    """

    summary: str
    detail: str = ""
    fix: str = ""
    where: Place | None = None
    severity: Literal["error", "warning"] = "error"
    id: str = ""
    subject: str = ""
    same: tuple[str, ...] = ()
    waived: str = ""  # who signed for it, until when and why; a waived finding is a warning


class GigaworksError(Exception):
    """The root of all our errors; carries every problem found, not just the first.

    GigaworksError
    ├── SiteError          the site files cannot be used            exit 1
    ├── WrongUse           the command line is off                  exit 64
    ├── NotAuthorised      a person or credential may not do this   exit 4
    ├── Refused            policy or a law says no                  exit 5
    ├── Locked             another run holds the lease              exit 6
    └── PartlyDone         some of it worked, some did not          exit 3
    """

    exit_code = 1

    def __init__(self, *problems: Problem | str) -> None:
        self.problems = tuple(Problem(p) if isinstance(p, str) else p for p in problems)
        super().__init__("; ".join(" ".join(filter(None, (p.summary, p.detail))) for p in self.problems))


class SiteError(GigaworksError):
    """The site files cannot be loaded or designed."""


class WrongUse(GigaworksError):
    """The command was called in a way that cannot work."""

    exit_code = 64


class NotAuthorised(GigaworksError):
    """A credential was refused, or the person may not do this."""

    exit_code = 4


class Refused(GigaworksError):
    """A law or policy refuses the change."""

    exit_code = 5


class Locked(GigaworksError):
    """Another run holds the lease."""

    exit_code = 6


class PartlyDone(GigaworksError):
    """Part of the work was done; the message names the rest."""

    exit_code = 3
