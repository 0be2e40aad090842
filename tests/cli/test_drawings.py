"""Drawings: valid SVG with a title, no script, nothing from outside, everything in the picture."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from gigaworks.cli.record.pictures.cooling import cooling
from gigaworks.cli.record.pictures.elevation import elevation
from gigaworks.cli.record.pictures.fabric import fabrics
from gigaworks.cli.record.pictures.floor import floor
from gigaworks.cli.record.pictures.power import one_line
from gigaworks.cli.views.svg.fabric import draw_fabric
from gigaworks.cli.views.svg.floor import draw_floor
from gigaworks.cli.views.svg.rack import draw_rack
from gigaworks.cli.views.svg.tree import draw_cooling, draw_power
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from tests.cli import golden, sample

SVG = "{http://www.w3.org/2000/svg}"
DRAWINGS: dict[str, Callable[[Blueprint], str]] = {
    "hall": lambda it: draw_floor(floor(it, "h1", {"gpu-01-n1": "in service", "gpu-01-n2": "failed"})),
    "rack": lambda it: draw_rack(elevation(it, next(iter(it.racks)), {"gpu-01-n1": "in service"})),
    "power": lambda it: draw_power(one_line(it), it.site.name, "IT & PUE"),
    "cooling": lambda it: draw_cooling(cooling(it), it.site.name),
    "fabric": lambda it: draw_fabric(fabrics(it)["compute"]),
}


@pytest.fixture(scope="module", params=["small", "large"])
def site(request: pytest.FixtureRequest) -> Blueprint:
    """Return a site of four nodes, then one of 256."""
    large = Path(__file__).parent / "sites" / "large"
    return sample.blueprint() if request.param == "small" else declare(large, write=False).blueprint


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_stands_alone(site: Blueprint, name: str) -> None:
    """It parses, tells a screen reader what it is, loads and runs nothing, and draws nothing outside of its frame."""
    root = ET.fromstring(DRAWINGS[name](site))  # noqa: S314 we wrote it
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title")
    assert root.find(f"{SVG}desc") is not None
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg", "title", "desc", "style", "rect", "text", "path",
    }  # fmt: skip
    assert not any("href" in attribute for element in root.iter() for attribute in element.attrib)
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    for box in root.iter(f"{SVG}rect"):
        assert float(box.get("x", 0)) + float(box.get("width", 0)) <= width
        assert float(box.get("y", 0)) + float(box.get("height", 0)) <= height
    assert len(list(root.iter())) < 600


@pytest.mark.parametrize("name", DRAWINGS)
def test_a_drawing_is_the_one_that_was_agreed_on(name: str) -> None:
    """The drawings of the small site, looked at in a browser once, stay as they are."""
    golden.check(f"{name}.svg", DRAWINGS[name](sample.blueprint()))
