"""Every law refuses a site of the corpus, and a site just inside the limit is left in peace."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from gigaworks.inventory.declare import declare
from gigaworks.inventory.laws import LAWS
from gigaworks.inventory.templates import copy_template

CORPUS = Path(__file__).parents[1] / "broken"
RACK = "type: eia-42u, feeds: [busway-a, busway-b], tap: 16 A, max_power: 8 kW"
INSIDE = [
    ("PWR-2", "halls/h1.yaml", "max_power: 8 kW, cooling", "max_power: 2.8 kW, cooling"),
    ("PWR-3", "halls/h1.yaml", "gpu-01:      {type: eia-42u, feeds: [busway-a, busway-b], tap: 16 A",
     "gpu-01:      {type: eia-42u, feeds: [busway-a, busway-b], tap: 5.32 A"),
    ("PWR-4", "halls/h1.yaml", "rating: 63 A", "rating: 16 A"),
    ("PWR-6", "halls/h1.yaml", "it_power: 40 kW", "it_power: 6.85 kW"),
    ("PWR-9", "halls/h1.yaml", "module: 20 kVA", "module: 3.61 kVA"),
    ("PWR-11", "site.yaml", "60 kW", "8.91 kW"),
    ("SPA-1", "halls/h1.yaml", "rack: svc-01,", "rack: svc-01, position: 42,"),
    ("SPA-2", "halls/h1.yaml", "floor_load: 1500 kg/m2", "floor_load: 264 kg/m2"),
    ("COOL-1", "halls/h1.yaml", "flow: 30 L/min", "flow: 21.6 L/min"),
    ("COOL-2", "halls/h1.yaml", "air_cooling: 20 kW", "air_cooling: 4.9 kW"),
    ("COOL-4", "halls/h1.yaml", "capacity: 15 kW", "capacity: 1.96 kW"),
    ("COOL-5", "halls/h1.yaml", "supply: 30 C, flow: 60 L/min, water_class: W32",
     "supply: 41 C, flow: 60 L/min, water_class: W45"),
    ("COOL-3", "halls/h1.yaml", "air_cooling: 20 kW", "air_cooling: 20 kW\nairflow: 1220 m3/h\nair_delta: 12 K"),
    ("COOL-6", "halls/h1.yaml", "air_cooling: 20 kW", "air_cooling: 20 kW\ndew_point: 32 C"),
    ("STO-1", "storage.yaml", "data: 2", "data: 2\n    need: 2.5 GB/s"),
    ("PWR-5", "halls/h1.yaml", f"sto-[01-03]: {{{RACK}}}",
     "\n      ".join(f"sto-0{n}: {{leg: L{n}, {RACK}}}" for n in (1, 2, 3))),
    ("GOV-3", "site.yaml", "lab: true", "database: postgresql://gw@db/plant\n  lab: true"),
    ("NET-3", "networks.yaml", "oversubscription: 8", "oversubscription: 3"),
    ("NET-8", "networks.yaml", "10.77.64.0/18", "10.77.64.0/26"),
    ("NET-11", "networks.yaml", "rails: 2", "rails: 2\n    mtu: 9050"),
]  # fmt: skip


def test_every_law_refuses_something() -> None:
    """For each law the corpus holds a site that it refuses."""
    said = "\n".join(path.read_text() for path in CORPUS.glob("*/expected.txt"))

    assert [name for name in LAWS if f" error {name} " not in said] == []


@pytest.mark.parametrize(("law", "file", "find", "put"), INSIDE, ids=lambda value: str(value)[:8])
def test_just_inside(law: str, file: str, find: str, put: str, tmp_path: Path) -> None:
    """A figure just inside the limit breaks no law, the one it is about least of all."""
    root = tmp_path / "demo"
    copy_template("lab", root, {})
    text = (root / file).read_text()
    assert find in text
    (root / file).write_text(text.replace(find, put))

    findings = declare(root, write=False, today=dt.date(2026, 11, 23)).findings

    assert findings == [], law
