"""NetBox files load as they are: nothing is edited, nothing guessed."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from gigaworks.inventory.catalog.catalogue import Catalogue, catalogue
from gigaworks.inventory.catalog.types import DeviceType, ModuleType, RackType
from gigaworks.inventory.model.reading import read_model
from gigaworks.inventory.problem import Place
from gigaworks.inventory.source import parse, read_text

LIBRARY = Path(__file__).parents[3] / "../shared/data/device-types"
FILES = sorted(p for p in LIBRARY.glob("*-types/*/*") if p.suffix in (".yaml", ".yml"))
MODELS: dict[str, type[BaseModel]] = {"device-types": DeviceType, "module-types": ModuleType, "rack-types": RackType}

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


def test_ours_are_complete() -> None:
    """Every device type that ships has an overlay with a source, a draw, a weight and inlets."""
    shipped = catalogue(Path("/nonexistent"))

    for ref in shipped.names("device-types"):
        device = shipped.device(ref)
        assert device is not None
        assert device.overlay.source != "none", ref
        assert device.draw_kw, ref
        assert device.type.weight_kg, ref
        assert all(port.maximum_draw for port in device.type.power_ports), ref
    assert shipped.problems == []
