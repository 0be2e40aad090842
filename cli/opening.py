"""Open a site, a plan of it, or the way to its devices: what most commands do first."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from gigaworks.cli.views.problems import placed
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem, Refused, SiteError, WrongUse

if TYPE_CHECKING:
    from gigaworks.cli.record.document import PlanDocument
    from gigaworks.cli.record.kept import Kept
    from gigaworks.inventory.declare import Declared
    from gigaworks.inventory.design.numbers import Allocations
    from gigaworks.inventory.laws.law import Case


def open_site(path: Path, *, write: bool = False) -> tuple[Declared, SiteFolder]:
    """Load and design the site in a folder.

    Args:
        path: the site folder.
        write: give numbers to new names in ``allocations.lock``.

    Raises:
        GigaworksError: there is no site.
        SiteError: it cannot be loaded, with every problem, its places named from the current folder.

    """
    from gigaworks.inventory.declare import declare

    folder = site_folder(path)
    try:
        return declare(path, write=write), folder
    except SiteError as error:
        raise SiteError(*placed(error.problems, path)) from None


def open_case(path: Path) -> tuple[Case, Allocations]:
    """Load and design the site in a folder, for questions that need the site beside its blueprint.

    Raises:
        GigaworksError: there is no site.
        SiteError: it cannot be loaded, with every problem, its places named from the current folder.

    """
    from gigaworks.inventory.declare import designed

    site_folder(path)
    try:
        return designed(path)
    except SiteError as error:
        raise SiteError(*placed(error.problems, path)) from None


def open_kept(path: Path) -> tuple[Kept, SiteFolder]:
    """Return the blueprint of the site in a folder, in pieces; it is designed where none is kept.

    Raises:
        GigaworksError: there is no site.
        SiteError: it cannot be loaded, with every problem, its places named from the current folder.

    """
    from gigaworks.cli.record.kept import kept

    folder = site_folder(path)
    try:
        return kept(path), folder
    except SiteError as error:
        raise SiteError(*placed(error.problems, path)) from None


def site_folder(path: Path) -> SiteFolder:
    """Return the folder of a site without loading it.

    Raises:
        GigaworksError: there is no site; sites close by are named.

    """
    if (path / "site.yaml").is_file():
        return SiteFolder(path)
    near = sorted(p.parent.name for p in path.glob("*/site.yaml")) if path.is_dir() else []
    missing = f"{path}: there is no such folder" if not path.exists() else f"{path.resolve()} has no site.yaml"
    fix = f"name the site's folder: {', '.join(near[:5])}" if near else "start one: gigaworks init demo --template lab"
    raise GigaworksError(Problem("there is no site here", missing, fix))


def folder_of(plan: PlanDocument, file: Path, named: Path | None) -> Path:
    """Return the site folder that a saved plan is for.

    Args:
        plan: what was read from ``file``.
        file: where the plan lies: its site lies in it, beside it, or is the current folder.
        named: the folder that the person named, which is believed.

    Raises:
        WrongUse: no such folder is found.

    """
    if named:
        return named
    for folder in (file.parent / plan.site, Path(plan.site), file.parent, Path()):
        if (folder / "site.yaml").is_file() and folder.resolve().name == plan.site:
            return folder
    raise WrongUse(
        Problem(
            "the site of this plan is not found",
            f"{file} is for site {plan.site}, and no folder of that name lies beside it or here",
            f"name it: gigaworks apply {file} --site FOLDER",
        )
    )


def reach(declared: Declared, folder: SiteFolder, *, must: bool = True) -> None:
    """Make this process reach the site's devices: on a lab site it enters the lab; call it before any thread starts.

    Args:
        declared: the site.
        folder: its folder.
        must: refuse to go on without a lab that is up.

    Raises:
        GigaworksError: the site is a lab and the lab is down.

    """
    if not declared.blueprint.site.lab:
        return
    from gigaworks.inventory import lab

    if lab.is_up(folder):
        lab.enter(folder)
    elif must:
        raise GigaworksError(
            Problem("the lab is not up", f"{folder.root} has no running machines", f"gigaworks lab up {folder.root}")
        )


def misused_roles(declared: Declared, folder: SiteFolder) -> list[Problem]:
    """Return what is wrong with the roles that profiles name; a profile that inherits it is named under ``same``."""
    from gigaworks.roles.catalog import validate

    own = folder.root / "roles"
    first: dict[object, Problem] = {}
    for problem in validate(declared.blueprint, own if own.is_dir() else None):
        key = (problem.id, problem.where, problem.fix)
        known = first.get(key)
        same = (*known.same, problem.subject) if known else ()
        first[key] = msgspec.structs.replace(known or problem, same=same)
    return placed(first.values(), folder.root)


def refuse_broken(declared: Declared, folder: SiteFolder) -> None:
    """Stop where a role is misused or a law is broken.

    Raises:
        SiteError: a profile names a role or a parameter that there is not.
        Refused: with every finding that is an error.

    """
    misused = misused_roles(declared, folder)
    if misused:
        raise SiteError(*misused)
    broken = [problem for problem in declared.findings if problem.severity == "error"]
    if broken:
        raise Refused(*placed(broken, folder.root))


def complete_site(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer folders that hold a site."""
    base = Path(incomplete) if incomplete.endswith("/") else Path(incomplete).parent
    found = [os.path.normpath(p.parent) for p in base.glob("*/site.yaml")] if base.is_dir() else []
    return [name for name in sorted(found) if name.startswith(incomplete)]


def complete_thing(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer what a site has to show: ``node/…``, ``rack/…``, ``hall/…``, ``switch/…`` and the kinds."""
    site = _quietly(context)
    if site is None:
        return []
    names = ["power", "cooling", "network", "storage", "fabric", "cables"]
    for kind, things in (("node", "nodes"), ("rack", "racks"), ("hall", "halls"), ("switch", "switches")):
        if kind.startswith(incomplete) or incomplete.startswith(f"{kind}/"):
            names += [f"{kind}/{name}" for name in site.names(things)]
    return [name for name in names if name.startswith(incomplete)]


def complete_rack(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer a site's racks as ``rack/…``."""
    site = _quietly(context)
    return [name for key in site.names("racks") if (name := f"rack/{key}").startswith(incomplete)] if site else []


def complete_loss(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer everything of a site that can be lost."""
    site = _quietly(context)
    if site is None:
        return []
    for kind, table in (("node", "nodes"), ("rack", "racks"), ("switch", "switches")):  # many: names are enough
        if incomplete.startswith(f"{kind}/"):
            return [name for key in site.names(table) if (name := f"{kind}/{key}").startswith(incomplete)]
    from gigaworks.inventory.what_if.things import things

    return [name for name in things(site.whole()) if name.startswith(incomplete)]


def complete_node(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[str]:
    """Offer the names of a site's nodes."""
    site = _quietly(context)
    return [name for name in site.names("nodes") if name.startswith(incomplete)] if site else []


def _quietly(context: click.Context) -> Kept | None:
    # click reads no further than an option whose value is being completed: the site is then among what is left
    left = (Path(text) for text in context.args if (Path(text) / "site.yaml").is_file())
    try:
        return open_kept(next(left, context.params.get("site") or Path()))[0]
    except Exception:  # completion has nobody to tell
        return None


def one_of(names: Sequence[str], wanted: str, what: str) -> str:
    """Return ``wanted`` if it is among ``names``.

    Raises:
        WrongUse: it is not; the nearest name is offered.

    """
    if wanted in names:
        return wanted
    from gigaworks.inventory.ranges import did_you_mean

    near = did_you_mean(wanted, names) or f"there are: {', '.join(sorted(names)[:12])}"
    raise WrongUse(Problem(f"no such {what}", f"{wanted!r}", near))
