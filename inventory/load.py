"""The files of a site folder → `Site`, or every problem at once."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from gigaworks.inventory.book import Declared
from gigaworks.inventory.catalog.catalogue import FOLDERS, catalogue
from gigaworks.inventory.model.file import HallFile, SiteFile
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.reading import read_model
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.problem import Place, Problem, SiteError
from gigaworks.inventory.ranges import did_you_mean
from gigaworks.inventory.resolve import resolve
from gigaworks.inventory.source import Map, Unreadable, misplaced, parse, read_text

SCHEMA = 1


def load_site(root: Path) -> Site:
    """Read a site folder.

    Raises:
        SiteError: with every problem of every file.
    """
    site, problems = read_site(root)
    if site is None or problems:
        raise SiteError(*problems)
    return site


def read_site(root: Path) -> tuple[Site | None, list[Problem]]:
    """Return the site where it is whole enough to be designed, and every problem, in the order of the files."""
    paths, problems = site_files(root)
    if not paths and problems:
        return None, problems
    declared = Declared()
    for path in paths:
        problems += _read(path, path.relative_to(root).as_posix(), declared)
    types = catalogue(root)
    site, more = resolve(declared, types)
    problems += [*more, *types.problems]
    unique = list(dict.fromkeys(problems))
    return site, sorted(unique, key=lambda p: (p.where or Place(""), p.summary))


def site_files(root: Path) -> tuple[list[Path], list[Problem]]:
    """Return the site files below ``root``; hidden folders and those of the catalogue are passed over."""
    if not root.is_dir():
        fix = f"make one: gigaworks init {root.name} --template lab"
        return [], [Problem("no site folder", f"{root} is no folder", fix, Place(str(root)))]
    found: list[Path] = []
    problems: list[Problem] = []
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        folders[:] = [f for f in folders if not f.startswith(".") and not (here == root and f in FOLDERS)]
        for name in folders:
            if (here / name).is_symlink():
                relative = (here / name).relative_to(root).as_posix()
                detail = f"{relative} is a link; its files are not read"
                problems.append(Problem("linked folder", detail, "put the folder itself here", Place(relative)))
        names = [n for n in files if n.endswith((".yaml", ".yml")) and not n.startswith(".")]
        for path in (here / name for name in names):
            problem = misplaced(path, root)
            problems += [problem] if problem else []
            found += [] if problem else [path]
    if not found and not problems:
        detail = f"{root.name} holds no .yaml file"
        problems.append(Problem("missing file", detail, "write site.yaml; see gigaworks init", Place("site.yaml")))
    return sorted(found), problems


def _read(path: Path, name: str, declared: Declared) -> list[Problem]:
    try:
        text = read_text(path, name)
        declared.sources[name] = text
        top, problems = parse(text, name)
    except Unreadable as error:
        declared.whole = False
        return [error.problem]
    version = top.pop("schema", None)
    if type(version) is not int or version != SCHEMA:
        declared.whole = False
        return [*problems, _schema(version, top, name)]
    model: type[Noun] = HallFile if "hall" in top else SiteFile
    made, more = read_model(model, top, Place(name, 1))
    problems += more
    while made is None and _prune(model, top, more, declared):
        made, more = read_model(model, top, Place(name, 1))
        problems += more
    if isinstance(made, HallFile):
        problems += declared.take({"halls": {made.hall: (made, top.values_at["hall"])}})
    elif isinstance(made, SiteFile):
        problems += declared.take(_nouns(made, top))
    else:
        declared.whole = False
    return problems


def _schema(version: Any, top: Map, name: str) -> Problem:
    place = top.values_at.get("schema", Place(name, 1, 1))
    if version is None:
        close = did_you_mean("schema", top)
        return Problem(
            "missing key", f"{name} has no `schema`", close or f"add `schema: {SCHEMA}` as its first line", place
        )
    newer = type(version) is int and version > SCHEMA
    fix = (
        "update Gigaworks" if newer else f"write `schema: {SCHEMA}`, and what `gigaworks check` then says is different"
    )
    detail = f"`{version}` is no version that this Gigaworks reads; it reads {SCHEMA}"
    return Problem("unknown schema version", detail, fix, place)


def _nouns(made: SiteFile, top: Map) -> dict[str, Any]:
    """Return what a file declares: noun → name → (noun, place of its name)."""
    found: dict[str, Any] = {}
    for field in SiteFile.model_fields:
        value, source = getattr(made, field), top.get(field)
        if isinstance(value, dict):
            found[field] = {name: (noun, made.name_at(field, name)) for name, noun in value.items()}
        elif isinstance(value, list):
            found[field] = [(noun, made.item_at(field, n)) for n, noun in enumerate(value)]
        elif value is not None and source is not None:
            found[field] = (value, top.keys_at[field])
    return found


def _prune(model: type[Noun], top: Map, problems: list[Problem], declared: Declared) -> bool:
    """Take the entries that hold a problem out of ``top`` and remember their names; False if that helps nothing."""
    bad = {(p.where.line, p.where.column) for p in problems if p.where and p.summary != "unknown key"}
    pruned = False
    for entries in _entries(model, top):
        for name in [n for n, v in entries.items() if _holds(v, entries.keys_at[n], entries.values_at[n], bad)]:
            del entries[name]
            declared.broken.add(name)
            pruned = True
    return pruned


def _entries(model: type[Noun], top: Map) -> list[Map]:
    """Return every mapping of names to nouns in ``top``, the innermost first."""
    halls = [top] if model is HallFile else list(_maps(top.get("halls")))
    rows = [row for hall in halls for kind in ("rows", "su") for row in _maps(hall.get(kind))]
    found = [row.get("racks") for row in rows]
    found += [part.get(noun) for part in (*rows, *halls) for noun in ("power", "cooling", "nodes")]
    found += [switches for row in rows for switches in _maps(row.get("switches"))]
    found += [owner.get("switches") for kind in ("fabrics", "networks") for owner in _maps(top.get(kind))]
    found += [top.get(noun) for noun in SiteFile.model_fields if noun not in ("site", "boot", "halls", "policy")]
    return [entry for entry in found if isinstance(entry, Map)]


def _maps(value: Any) -> list[Map]:
    return [v for v in value.values() if isinstance(v, Map)] if isinstance(value, Map) else []


def _holds(value: Any, key: Place, place: Place, bad: set[tuple[int, int]]) -> bool:
    if (key.line, key.column) in bad or (place.line, place.column) in bad:
        return True
    if isinstance(value, Map):
        return any(_holds(v, value.keys_at[k], value.values_at[k], bad) for k, v in value.items())
    return isinstance(value, list) and any(
        _holds(v, p, p, bad) for v, p in zip(value, getattr(value, "values_at", []), strict=False)
    )
