"""How every command opens a site: load, design, check."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import msgspec

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.canonical import pretty, write_whole
from gigaworks.inventory.design.design import design
from gigaworks.inventory.design.numbers import Allocations
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.laws import check
from gigaworks.inventory.laws.law import Case
from gigaworks.inventory.load import load_site, read_site
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.problem import Place, Problem, SiteError


@dataclass(frozen=True)
class Declared:
    """A declared site: what follows from it, what the laws say about it, and what was written."""

    blueprint: Blueprint
    findings: list[Problem]
    site: Site

    @property
    def sources(self) -> dict[str, str]:
        """The text of its files by name."""
        return self.site.sources


def declare(root: Path, write: bool = True, today: dt.date | None = None) -> Declared:
    """Load, design and check the site in ``root``.

    With ``write``, ``allocations.lock`` is written when new names took numbers and no law is broken. ``today``
    (this day in UTC unless given) decides which waivers hold.

    Raises:
        SiteError: with every problem, where files cannot be loaded or designed.
    """
    folder = SiteFolder(root)
    site, problems = read_site(root)
    if site is None:
        raise SiteError(*problems)
    before = _allocations(folder.allocations)
    blueprint, after = design(site, before)
    findings = check(blueprint, site, today or dt.datetime.now(dt.UTC).date())
    if problems:
        raise SiteError(*problems, *(f for f in findings if f.severity == "error"))
    if write and after != before and not any(f.severity == "error" for f in findings):
        _write(folder.allocations, after)
    return Declared(blueprint, findings, site)


def designed(root: Path) -> tuple[Case, Allocations]:
    """Load and design the site in ``root`` for questions that need the site beside its blueprint; nothing is written.

    Raises:
        SiteError: with every problem, where it cannot be loaded.
    """
    site = load_site(root)
    blueprint, allocations = design(site, _allocations(SiteFolder(root).allocations))
    return Case(blueprint, site), allocations


def _allocations(path: Path) -> Allocations:
    try:
        return msgspec.json.decode(path.read_bytes(), type=Allocations)
    except FileNotFoundError:
        return Allocations()
    except (msgspec.DecodeError, OSError) as error:
        fix = f"restore it: git checkout {path.name}; without it names may take other numbers"
        raise SiteError(Problem("broken allocations.lock", str(error), fix, Place(path.name))) from None


def _write(path: Path, allocations: Allocations) -> None:
    try:
        write_whole(path, pretty(allocations))
    except OSError as error:
        detail = f"{path}: {error.strerror}; the numbers of new names would be lost"
        raise SiteError(
            Problem("cannot write allocations.lock", detail, "make the folder writable", Place(path.name))
        ) from None
