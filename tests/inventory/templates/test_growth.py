"""A template grows by scalable units: what stands there keeps all it has, but for the trunks that new spines share."""

from __future__ import annotations

from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Blueprint, Cable
from gigaworks.inventory.design.design import design
from gigaworks.inventory.design.numbers import Allocations
from gigaworks.inventory.load import load_site
from gigaworks.inventory.templates import copy_template


def node_cables(blueprint: Blueprint) -> dict[str, Cable]:
    """Return the cables that end in a node, by their label."""
    return {c.id: c for c in blueprint.cables if c.a.device in blueprint.nodes or c.b.device in blueprint.nodes}


@pytest.mark.parametrize(
    ("template", "few", "many"),
    [("superpod-h100", 2, 4), ("gb200-nvl72", 1, 2), ("amd-hall", 1, 2), ("arm-hall", 2, 3)],
)
def test_units_are_added(template: str, few: int, many: int, tmp_path: Path) -> None:
    """With more units every node, outlet and node cable is what it was, and every switch keeps its name and place."""
    kept = Allocations()
    made: list[Blueprint] = []
    for su in (few, many):
        copy_template(template, tmp_path / f"{su}", {"su": str(su), "name": "site"})
        blueprint, kept = design(load_site(tmp_path / f"{su}"), kept)
        made.append(blueprint)
    before, after = made

    assert {name: after.nodes[name] for name in before.nodes} == before.nodes
    for name, pdu in before.pdus.items():
        assert after.pdus[name].bmc == pdu.bmc
        assert pdu.outlets.items() <= after.pdus[name].outlets.items()
    assert {label: node_cables(after)[label] for label in node_cables(before)} == node_cables(before)
    for name, switch in before.switches.items():
        then = after.switches[name]
        assert (then.rack, then.position, then.asn, then.loopback, then.management) == (
            switch.rack, switch.position, switch.asn, switch.loopback, switch.management
        )  # fmt: skip
