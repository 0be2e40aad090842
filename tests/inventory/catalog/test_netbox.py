"""NetBox files load as they are: nothing is edited, nothing guessed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import BaseModel

from gigaworks.inventory.catalog.catalogue import SHIPPED, Catalogue, Device, catalogue
from gigaworks.inventory.catalog.types import DeviceType, ModuleType, RackType
from gigaworks.inventory.model.reading import read_model
from gigaworks.inventory.problem import Place
from gigaworks.inventory.source import parse, read_text

LIBRARY = Path(__file__).parents[3] / "../shared/data/device-types"
FILES = sorted(p for p in LIBRARY.glob("*-types/*/*") if p.suffix in (".yaml", ".yml"))
MODELS: dict[str, type[BaseModel]] = {"device-types": DeviceType, "module-types": ModuleType, "rack-types": RackType}

BOX = """
manufacturer: Ex
model: box
slug: ex-box
u_height: 1
module-bays: [{name: PSU 1, position: '1'}, {name: PSU 2, position: '2'}]
"""
PSU = "{manufacturer: Ex, model: psu, power-ports: [{name: 'PSU{module}', maximum_draw: 2700}]}"

needs_library = pytest.mark.skipif(not FILES, reason="the NetBox device-type files are not on this computer")


@needs_library
@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_file_loads(path: Path) -> None:
    """Every device, module and rack type of the library's sample loads unchanged and without a problem."""
    top, problems = parse(read_text(path, path.name), path.name)
    made, more = read_model(MODELS[path.parts[-3]], top, Place(path.name, 1))

    assert problems + more == []
    assert made is not None


@needs_library
def test_as_a_sites_own_folder() -> None:
    """The library's folders, put beside the site files, are found by manufacturer/model."""
    known = Catalogue()
    known.add(LIBRARY, "")
    server = known.device("supermicro/sys-421ge-tnrt")
    pdu = known.device("raritan/px3-5870v")
    rack = known.rack("apc/ar3300")

    assert server is not None
    assert (server.type.u_height, server.type.weight_kg) == (4, 29.7)
    assert server.draw_kw is None  # its power supplies are modules: nobody says what it draws
    assert pdu is not None
    assert rack is not None
    assert (rack[0].u_height, rack[0].max_kg, rack[0].footprint_m2) == (42, 1701, None)


def test_modules_fill_their_bays(tmp_path: Path) -> None:
    """What an overlay fits into module bays gives the device its ports; a bay or module that is not there is told."""
    for folder, name, text in [
        ("device-types/Ex", "box", BOX),
        ("module-types/Ex", "psu", PSU),
        ("overlays", "ex", "schema: 1\ndevices: {ex/box: {source: us, modules: {'PSU [1-2]': ex/psu, PSU 3: ex/psi}}}"),
    ]:
        (tmp_path / folder).mkdir(parents=True)
        (tmp_path / folder / f"{name}.yaml").write_text(text)
    known = Catalogue()
    known.add(tmp_path, "")
    box = known.device("ex/box")

    assert box is not None
    assert [(port.name, port.maximum_draw) for port in box.type.power_ports] == [("PSU1", 2700), ("PSU2", 2700)]
    assert box.draw_kw == 5.4
    assert [str(p.where) + ": " + p.detail for p in known.problems] == [
        "overlays/ex.yaml:2:70: there is no module type `ex/psi`",
        "overlays/ex.yaml:2:70: there is no module bay `PSU 3`",
    ]


FIGURES = ("draw", "weight", "supplies")
OF_NODES = ("arch", "sockets", "cores", "memory")


def figures(device: Device) -> dict[str, object]:
    """Return the figures that planning needs of a device, None where nobody says."""
    ports = device.type.power_ports
    found: dict[str, object] = {
        "draw": device.draw_kw,
        "weight": device.type.weight_kg,
        "supplies": all(port.maximum_draw for port in ports) or None,
    }
    if device.overlay.nics:
        found |= {figure: getattr(device.overlay, figure) for figure in OF_NODES}
    return found


@pytest.mark.parametrize("ref", catalogue(Path("/nonexistent")).names("device-types"))
def test_ours_are_known_or_unknown(ref: str) -> None:
    """Of every device type that ships each figure stands there with its source, or its overlay says why it does not."""
    shipped = catalogue(Path("/nonexistent"))
    device = shipped.device(ref)

    assert device is not None
    overlay = device.overlay
    for figure, value in figures(device).items():
        said = figure in overlay.unknown
        assert said == (value is None) or (said and figure == "supplies"), (
            f"{figure} is {value}, or nobody says why not"
        )
    written = overlay.model_fields_set - {"source", "unknown", "unit", "modules"}
    assert [figure for figure in sorted(written) if not overlay.source_of(figure)] == []
    assert shipped.problems == []


@pytest.mark.parametrize("ref", catalogue(Path("/nonexistent")).names("rack-types"))
def test_our_racks_have_sources(ref: str) -> None:
    """Of every rack type that ships each figure of its overlay has a source, and what it holds is there."""
    shipped = catalogue(Path("/nonexistent"))
    rack = shipped.rack(ref)
    held = shipped.equipment(ref)

    assert rack is not None
    written = rack[1].model_fields_set - {"source", "unknown", "unit"}
    assert [figure for figure in sorted(written) if not rack[1].source_of(figure)] == []
    assert bool(held) == bool(rack[1].equipment)
    assert shipped.problems == []


@needs_library
def test_ours_fit_the_librarys_schema() -> None:
    """The device types that ship are NetBox files: the library's own JSON Schema accepts them."""
    jsonschema = pytest.importorskip("jsonschema")
    referencing = pytest.importorskip("referencing")
    schemas = [json.loads(path.read_text()) for path in (LIBRARY / "schema").glob("*.json")]
    registry = referencing.Registry().with_resources(
        (schema["$id"], referencing.Resource.from_contents(schema)) for schema in schemas
    )
    judge = jsonschema.Draft202012Validator({"$ref": "urn:devicetype-library:device-type"}, registry=registry)
    for path in sorted((SHIPPED / "device-types").glob("*/*.yaml")):
        top, _ = parse(path.read_text(), path.name)
        said = [error.message for error in judge.iter_errors(top) if error.validator != "multipleOf"]
        assert said == [], path.name  # multipleOf: 0.01 refuses some floats, upstream's own among them
