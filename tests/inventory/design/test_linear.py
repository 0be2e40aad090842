"""Twice the site is twice the work: counted in lines of Python that run, so that no clock decides."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from types import FrameType
from typing import Any

from gigaworks.inventory.design.design import design
from gigaworks.inventory.design.numbers import Allocations
from gigaworks.inventory.laws import check
from gigaworks.inventory.load import load_site
from gigaworks.inventory.templates import copy_template

RACKS = """
schema: 1
site: {{name: racks, country: FR, jurisdiction: EU, domain: racks.internal, contracted_power: 90 MW}}
boot: {{network: mgmt, images: {{x86_64: debian}}}}
networks:
  oob: {{kind: oob, prefix: 10.0.0.0/16}}
  mgmt: {{kind: mgmt, prefix: 10.1.0.0/16}}
profiles: {{node: {{roles: [base]}}}}
halls:
  h1:
    it_power: 90 MW
    air_cooling: 90 MW
    power:
      tr-[1-{count}]: {{kind: transformer, capacity: 100 kVA}}
      busway-[1-{count}]: {{kind: busway, parent: "tr-[1-{count}]", rating: 63 A, voltage: 400 V}}
    cooling:
      fws: {{kind: fws, supply: 30 C}}
      cdu-[1-{count}]: {{kind: cdu, loop: fws, units: {count}, capacity: 15 kW}}
    rows:
      r1: {{racks: {{"r-[1-{count}]": {{type: eia-42u, feeds: ["busway-[1-{count}]"], tap: 16 A, max_power: 8 kW}}}}}}
    nodes:
      n-[1-{count}]-[1-2]: {{rack: "r-[1-{count}]", device: gigaworks-lab/lab-node-x86, profile: node}}
"""


def work(root: Path) -> int:
    """Return how many lines of Python run while a site is loaded, designed and checked."""
    lines = 0

    def trace(_frame: FrameType, _event: str, _argument: Any) -> Any:
        nonlocal lines
        lines += 1
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        site = load_site(root)
        blueprint, _ = design(site, Allocations())
        check(blueprint, site, dt.date(2026, 1, 1))
    finally:
        sys.settrace(before)
    return lines


def growth(small: int, middle: int, large: int) -> float:
    """Return how many times as much the second doubling costs as the first: 2 is linear, 4 is quadratic."""
    return (large - middle) / (middle - small)


def test_racks_nodes_and_power(tmp_path: Path) -> None:
    """Racks, nodes, feeds and power devices, without a cable: what looks through all of them for each shows here."""
    counts = []
    for count in (150, 300, 600):
        (tmp_path / str(count)).mkdir()
        (tmp_path / str(count) / "site.yaml").write_text(RACKS.format(count=count))
        counts.append(work(tmp_path / str(count)))

    assert 1.9 < growth(*counts) < 2.2, counts


def test_cables_and_switches(tmp_path: Path) -> None:
    """Nodes on a rail-optimised fabric, leaves and spines: what looks through all cables for each shows here."""
    counts = []
    for units in (1, 2, 4):
        copy_template("superpod-h100", tmp_path / f"su{units}", {"su": str(units)})
        counts.append(work(tmp_path / f"su{units}"))

    assert 1.8 < growth(*counts) < 2.2, counts
