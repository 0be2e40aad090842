"""Every law has a site that it refuses and one just inside its limit: ``sites/LAW.yaml``, and what it says in LAW.txt.

A file holds steps. Each is the lab template with ``given`` (see ``edited.make_site``) and one ``edit``: file, text, and
what replaces it, with ``{}`` for a figure. ``inside`` is the last figure that nothing is said about, ``refused`` the
first one that the law refuses. ``UPDATE_SCREENS=1 pytest tests/inventory/laws`` writes what is said.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from gigaworks.inventory.laws import LAWS
from tests.inventory import edited

SITES = Path(__file__).parent / "sites"
FILES = sorted(SITES.glob("*.yaml"))
STEPS = [(path.stem, n, step) for path in FILES for n, step in enumerate(yaml.safe_load(path.read_text()))]
TABLE = (
    [f"PWR-{n}" for n in (1, 2, 3, 4, 5, 6, 7, 9, 11, 12)]
    + [f"SPA-{n}" for n in range(1, 5)]
    + [f"COOL-{n}" for n in range(1, 8)]
    + [f"NET-{n}" for n in range(1, 15)]
    + [f"STO-{n}" for n in (1, 2, 3, 5)]
    + [f"GOV-{n}" for n in range(1, 4)]
)  # the domain's table of laws


def test_the_table_is_whole() -> None:
    """There is a law for every id of the domain's table and no other, and each has its sites."""
    assert sorted(LAWS) == sorted(TABLE)
    assert [path.stem for path in FILES] == sorted(TABLE)


def site(step: dict[str, Any], figure: object, root: Path) -> Path:
    """Return the site of a step with a figure in its place."""
    made = edited.make_site(step.get("given", {}), root)
    name, find, put = step["edit"]
    edited.edit(made / name, [(find, put.replace("{}", str(figure)))])
    return made


@pytest.mark.parametrize("step", [step for _, _, step in STEPS], ids=[f"{law}-{n}" for law, n, _ in STEPS])
def test_just_inside(step: dict[str, Any], tmp_path: Path) -> None:
    """The last figure inside a limit breaks no law at all."""
    assert [edited.told(p) for p in edited.findings(site(step, step["inside"], tmp_path / "demo"))] == []


@pytest.mark.parametrize("law", sorted({law for law, _, _ in STEPS}))
def test_refused(law: str, tmp_path: Path) -> None:
    """The first figure beyond a limit is refused by its law, with place, figure, limit and fix."""
    said = []
    for number, step in [(n, step) for name, n, step in STEPS if name == law]:
        problems = edited.findings(site(step, step["refused"], tmp_path / str(number)))
        found = [edited.told(p) for p in problems if p.id == law]
        assert any(re.match(rf"\S+:\d+:\d+ error {law} ", text) for text in found), (step["why"], problems)
        said += [f"# {step['why']}: {step['refused']}", *found, ""]
    edited.same(SITES / f"{law}.txt", "\n".join(said))
