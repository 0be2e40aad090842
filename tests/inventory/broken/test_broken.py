"""Broken sites: each folder is the lab template with edits (case.yaml) and what is said about it (expected.txt).

``UPDATE_SCREENS=1 pytest tests/inventory/broken`` writes what is said.
"""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.inventory import edited

CASES = sorted(path.parent for path in Path(__file__).parent.glob("*/case.yaml"))


@pytest.mark.parametrize("folder", CASES, ids=lambda path: path.name)
def test_said(folder: Path, tmp_path: Path) -> None:
    """Every broken site is told all its problems with place, figure, limit and fix, and never a traceback."""
    root = edited.make_site(yaml.safe_load((folder / "case.yaml").read_text()), tmp_path / "demo")

    problems = edited.findings(root)

    said = "\n".join(map(edited.told, problems)).replace(str(root), "SITE") if problems else "nothing"
    edited.same(folder / "expected.txt", said + "\n")


def test_places() -> None:
    """Every expected problem names a file, and all but those about whole files a line and a column."""
    whole = ("missing file", "no such", "link out", "missing key", "file too large", "broken allocations", "not UTF-8")
    for folder in CASES:
        for line in (folder / "expected.txt").read_text().splitlines():
            if not line.startswith(" ") and line != "nothing":
                place = line.partition(" ")[0]
                assert place.count(":") == 2 or any(word in line for word in whole), f"{folder.name}: {line}"
