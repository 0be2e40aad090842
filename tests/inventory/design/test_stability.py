"""Adding or removing something changes no name, address, ASN, port, outlet, position or cable of what was there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.design.design import design
from gigaworks.inventory.design.numbers import Allocations, Numbers
from gigaworks.inventory.load import load_site
from gigaworks.inventory.templates import copy_template

NODES = """
  gpu-{rack}-n[1-{count}]: {{rack: gpu-{rack}, device: gigaworks-lab/lab-gpu-x86, profile: gpu-x86}}
"""
RACK = "      gpu-{rack}: {{type: eia-42u, feeds: [busway-a, busway-b], tap: 16 A, max_power: 8 kW, cooling: cdu-1}}\n"
SITES = st.lists(
    st.dictionaries(st.integers(2, 6), st.integers(1, 4), max_size=5), min_size=2, max_size=4
)  # each step: rack number → nodes in it


def write_site(root: Path, racks: dict[int, int]) -> None:
    """Write the lab with GPU racks beside its own, each with some nodes."""
    hall = (root / "template-h1.yaml.txt").read_text()
    before, mark, after = hall.partition("      svc-01:")
    rows = "".join(RACK.format(rack=f"{n:02d}") for n in sorted(racks))
    nodes = "".join(NODES.format(rack=f"{n:02d}", count=count) for n, count in sorted(racks.items()))
    (root / "halls" / "h1.yaml").write_text(before + rows + mark + after + nodes)


def facts(blueprint: Blueprint) -> dict[str, Any]:
    """Return everything that must not move, by what it belongs to."""
    found: dict[str, Any] = {}
    for name, node in blueprint.nodes.items():
        found[f"node {name}"] = (
            node.rack, node.position, node.bmc, node.outlets, node.nics, node.serial, node.failure_domains
        )  # fmt: skip
    for name, switch in blueprint.switches.items():
        found[f"switch {name}"] = (switch.asn, switch.loopback, switch.management, switch.position)
        for port in switch.ports:
            found[f"port {name} {port.name}"] = port
    for pdu in blueprint.pdus.values():
        found[f"pdu {pdu.name}"] = pdu.bmc
        found |= {f"outlet {pdu.name} {outlet}": device for outlet, device in pdu.outlets.items()}
    for cable in blueprint.cables:
        found[f"cable {cable.id}"] = cable
    return found


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a lab site whose hall file is kept as a template."""
    root = tmp_path_factory.mktemp("stability") / "demo"
    copy_template("lab", root, {})
    (root / "halls" / "h1.yaml").rename(root / "template-h1.yaml.txt")
    return root


@settings(max_examples=25, deadline=None)
@given(SITES)
def test_nothing_moves(lab: Path, steps: list[dict[int, int]]) -> None:
    """Over random additions and removals of racks and nodes, what is in two sites after each other is the same."""
    allocations = Allocations()
    before: dict[str, Any] = {}
    for racks in steps:
        write_site(lab, racks)

        blueprint, allocations = design(load_site(lab), allocations)

        now = facts(blueprint)
        gone = {device for device in _devices(before) if device not in _devices(now)}
        for thing, value in before.items():
            if _device(value) not in gone and not any(device in str(value) for device in gone):
                assert now.get(thing) == value, thing
        before = now


def _devices(found: dict[str, Any]) -> set[str]:
    return {thing.partition(" ")[2] for thing in found if thing.startswith(("node ", "pdu "))}


def _device(value: Any) -> str:
    return value if isinstance(value, str) else ""


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sets(st.text("abc", min_size=1, max_size=3)), min_size=1, max_size=5))
def test_numbers_stay(steps: list[set[str]]) -> None:
    """A name keeps its number as long as it lives, no two names share one, new ones take the lowest free."""
    allocations = Allocations()
    before: dict[str, int] = {}
    for names in steps:
        numbers = Numbers(allocations)

        given_now = numbers.give("pool", names, first=1, taken=[2])

        assert len(set(given_now.values())) == len(names)
        assert 2 not in given_now.values()
        assert all(given_now[name] == before[name] for name in names & before.keys())
        new = sorted(given_now[name] for name in names - before.keys())
        kept = {given_now[name] for name in names & before.keys()}
        free = [n for n in range(1, 200) if n not in kept | {2}]
        assert new == free[: len(new)]
        allocations, before = numbers.allocations(), given_now


def test_same_design_twice(lab: Path) -> None:
    """Designing with the numbers of the same site gives the same blueprint and the same numbers."""
    write_site(lab, {2: 3, 3: 1})
    first, allocations = design(load_site(lab), Allocations())

    second, again = design(load_site(lab), allocations)

    assert second == first
    assert again == allocations
