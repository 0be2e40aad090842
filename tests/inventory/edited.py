"""A site that is a template with edits, and what is said about it: for tests whose cases are data files."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gigaworks.inventory.declare import declare
from gigaworks.inventory.problem import Problem, SiteError
from gigaworks.inventory.templates import copy_template

TODAY = dt.date(2026, 11, 23)


def make_site(case: Mapping[str, Any], root: Path) -> Path:
    """Copy the lab template to ``root`` and apply a case.

    ``add`` and ``bytes`` write files, ``edits`` (file → pairs of a text and what replaces it) change them, ``delete``
    takes some away, ``links`` makes links, and ``large`` writes one scalar of so many MB. An edit that finds nothing
    fails.
    """
    copy_template("lab", root, {"name": "demo"})
    for name, text in case.get("add", {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    for name, edits in case.get("edits", {}).items():
        edit(root / name, edits)
    for name in case.get("delete", []):
        (root / name).unlink()
    for name, data in case.get("bytes", {}).items():
        (root / name).write_bytes(bytes.fromhex(data))
    for name, target in case.get("links", {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).symlink_to(target)
    for name, megabytes in case.get("large", {}).items():
        (root / name).write_text(f"schema: 1\na: {'x' * 1024 * 1024 * megabytes}\n")
    return root


def edit(path: Path, edits: Sequence[Sequence[str]]) -> None:
    """Replace texts of a file; a text that is not there fails."""
    text = path.read_text()
    for find, put in edits:
        assert find in text, f"{path.name} does not hold {find!r}"
        text = text.replace(find, put)
    path.write_text(text)


def findings(root: Path) -> list[Problem]:
    """Return everything that opening a site finds."""
    try:
        return declare(root, write=False, today=TODAY).findings
    except SiteError as error:
        return list(error.problems)


def told(problem: Problem) -> str:
    """Return a problem as text: place, law, subject, what, why, fix, who else, who signed."""
    head = f"{problem.where} {problem.severity}{' ' + problem.id if problem.id else ''}"
    subject = f" {problem.subject}" if problem.subject else ""
    lines = [f"{head}{subject}: {problem.summary}", f"  {problem.detail}"]
    lines += [f"  fix   {problem.fix}"] if problem.fix else []
    lines += [f"  same  {', '.join(problem.same)}"] if problem.same else []
    lines += [f"  waived {problem.waived}"] if problem.waived else []
    return "\n".join(lines)


def same(path: Path, said: str) -> None:
    """Compare what was said with the file that holds what should be; with UPDATE_SCREENS it is written."""
    if os.environ.get("UPDATE_SCREENS"):
        path.write_text(said)
    assert said == path.read_text()
