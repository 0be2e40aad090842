"""Broken sites: each folder is the lab template with edits (case.yaml) and what is said about it (expected.txt).

``UPDATE_SCREENS=1 pytest tests/inventory/broken`` writes what is said.
"""

from __future__ import annotations

import datetime as dt
import os
from pathlib import Path
from typing import Any

import pytest
import yaml

from gigaworks.inventory.declare import declare
from gigaworks.inventory.problem import Problem, SiteError
from gigaworks.inventory.templates import copy_template

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/case.yaml"))
TODAY = dt.date(2026, 11, 23)


def make_site(case: dict[str, Any], root: Path) -> Path:
    """Copy the lab template to ``root`` and apply the edits of a case; an edit that finds nothing fails."""
    copy_template("lab", root, {"name": "demo"})
    for name, edits in case.get("edits", {}).items():
        text = (root / name).read_text()
        for find, put in edits:
            assert find in text, f"{name} does not hold {find!r}"
            text = text.replace(find, put)
        (root / name).write_text(text)
    for name in case.get("delete", []):
        (root / name).unlink()
    for name, text in case.get("add", {}).items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(text.encode())
    for name, data in case.get("bytes", {}).items():
        (root / name).write_bytes(bytes.fromhex(data))
    for name, target in case.get("links", {}).items():
        (root / name).symlink_to(target)
    return root


def told(problem: Problem) -> str:
    """Return a problem as text: place, law, subject, what, why, fix, who else, who signed."""
    head = f"{problem.where} {problem.severity}{' ' + problem.id if problem.id else ''}"
    subject = f" {problem.subject}" if problem.subject else ""
    lines = [f"{head}{subject}: {problem.summary}", f"  {problem.detail}"]
    lines += [f"  fix   {problem.fix}"] if problem.fix else []
    lines += [f"  same  {', '.join(problem.same)}"] if problem.same else []
    lines += [f"  waived {problem.waived}"] if problem.waived else []
    return "\n".join(lines)


def said_about(root: Path) -> str:
    """Return everything that opening a site says about it."""
    try:
        problems = declare(root, write=False, today=TODAY).findings
    except SiteError as error:
        problems = list(error.problems)
    return "\n".join(told(p) for p in problems).replace(str(root), "SITE") + "\n" if problems else "nothing\n"


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_said(folder: Path, tmp_path: Path) -> None:
    """Every broken site is told all its problems with place, figure, limit and fix, and never a traceback."""
    root = make_site(yaml.safe_load((folder / "case.yaml").read_text()), tmp_path / "demo")

    said = said_about(root)

    if os.environ.get("UPDATE_SCREENS"):
        (folder / "expected.txt").write_text(said)
    assert said == (folder / "expected.txt").read_text()


def test_places() -> None:
    """Every expected problem names a file, and all but those about whole files a line and a column."""
    whole = ("missing file", "no such", "link out", "missing key", "file too large", "broken allocations", "not UTF-8")
    for folder in CASES:
        for line in (folder / "expected.txt").read_text().splitlines():
            if not line.startswith(" ") and line != "nothing":
                place = line.partition(" ")[0]
                assert place.count(":") == 2 or any(word in line for word in whole), f"{folder.name}: {line}"
