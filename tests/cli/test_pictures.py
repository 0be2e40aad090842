"""What is drawn of a site of two thousand accelerators: it must stay readable, and nothing may get lost in folding."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from gigaworks.cli.record.pictures.fabric import fabrics
from gigaworks.cli.record.pictures.floor import floor
from gigaworks.cli.record.pictures.power import Level, levels, one_line
from gigaworks.cli.record.pictures.tree import Branch
from gigaworks.cli.views.cables import show_cables
from gigaworks.cli.views.cooling import show_cooling
from gigaworks.cli.views.fabric import show_fabrics
from gigaworks.cli.views.floor import show_floor
from gigaworks.cli.views.power import show_power
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.show import show_site
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from tests.cli import golden, sample

SITES = Path(__file__).parent / "sites"

VIEWS: dict[str, Callable[[Blueprint, Stream], object]] = {
    "site": show_site,
    "hall": lambda it, s: show_floor(floor(it, "h1", {}), s),
    "power": show_power,
    "cooling": show_cooling,
    "fabric": lambda it, s: show_fabrics(it, list(fabrics(it).values()), s),
    "cables": lambda it, s: show_cables(it, it.cables, s),
}


@pytest.fixture(scope="module")
def large() -> Blueprint:
    """Return the blueprint of the large site."""
    return declare(SITES / "large", write=False).blueprint


@pytest.mark.parametrize("view", VIEWS)
def test_a_large_site_fits_on_a_screen(large: Blueprint, view: str) -> None:
    """Each view of 256 nodes takes 40 lines at most, and is the one that was agreed on."""
    file = io.StringIO()
    VIEWS[view](large, Stream(file, width=110))
    assert len(file.getvalue().splitlines()) <= 40
    golden.check(f"large-{view}.txt", file.getvalue())


@pytest.mark.parametrize("view", VIEWS)
def test_a_small_site_is_told_device_by_device(view: str) -> None:
    """The same views of a site of two racks, one device of which has an unknown draw."""
    file = io.StringIO()
    VIEWS[view](sample.blueprint(), Stream(file, width=110))
    golden.check(f"small-{view}.txt", file.getvalue())


def test_folding_the_power_graph_loses_no_device(large: Blueprint) -> None:
    """Every power device stands in the folded tree once, with its own figures, under its own parents."""
    found: dict[str, Level] = {}

    def walk(branch: Branch[Level], above: set[str]) -> None:
        for name, level in branch.each.items():
            assert not above or above & set(level.device.parents)
            assert name not in found
            found[name] = level
        for below in branch.below:
            walk(below, {name.strip() for name in branch.each})

    for branch in one_line(large):
        walk(branch, set())
    assert found == levels(large)
