"""In every topology, nodes, pods, groups and leaf groups come and go without moving what stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.design.design import design
from gigaworks.inventory.design.numbers import Allocations
from gigaworks.inventory.load import load_site
from tests.inventory.design.networks import write_device, write_site
from tests.inventory.design.test_stability import facts

PREFIXES = "links: 10.64.0.0/16, loopbacks: 10.2.0.0/24, "
SWITCHES = {  # topology → the head of the fabric and its switches, for so many leaf groups, pods or groups
    "two tiers": (
        PREFIXES + "rails: 2, uplinks: 4",
        (
            '"leaf-[01-{twice:02d}]": {{tier: leaf, rack: net-01, device: test/switch}}, '
            '"spine-[1-4]": {{tier: spine, rack: net-02, device: test/switch}}'
        ),
    ),
    "three tiers": (
        "topology: three-tier, technology: infiniband, rails: 2, spine_uplinks: 2",
        (
            '"p[1-{groups}]-leaf-[1-2]": {{tier: leaf, group: "p[1-{groups}]", rack: net-01, device: test/switch}}, '
            '"p[1-{groups}]-spine-[1-2]": {{tier: spine, group: "p[1-{groups}]", rack: net-02, device: test/switch}}, '
            '"core-[1-4]": {{tier: core, rack: net-03, device: test/switch}}'
        ),
    ),
    "dragonfly+": (
        PREFIXES + "topology: dragonfly+, rails: 2, global_links: 2, links6: 'fd00:1::/64', loopbacks6: 'fd00:2::/64'",
        (
            '"g[1-{groups}]-leaf-[1-2]": {{tier: leaf, group: "g[1-{groups}]", rack: net-01, device: test/switch}}, '
            '"g[1-{groups}]-spine-[1-4]": {{tier: spine, group: "g[1-{groups}]", rack: net-02, device: test/switch}}'
        ),
    ),
    "two planes": (
        PREFIXES + "planes: 2, uplinks: 4, unnumbered: true",
        (
            '"p[1-2]-leaf-[1-{groups}]": {{tier: leaf, plane: "[1-2]", rack: net-01, device: test/switch}}, '
            '"p[1-2]-spine-[1-2]": {{tier: spine, plane: "[1-2]", rack: net-02, device: test/switch}}'
        ),
    ),
}
OOB = """
networks:
  mgmt: {{kind: mgmt, prefix: 10.1.0.0/16, gateway: 10.1.0.1, prefix6: "fd00:3::/64"}}
  oob:
    kind: oob
    prefix: 10.0.0.0/16
    switches: {{"oob-[01-{groups:02d}]": {{tier: leaf, rack: "gpu-[01-{groups:02d}]", device: test/access}}}}
"""
STEPS = st.lists(st.tuples(st.integers(0, 2), st.sets(st.integers(1, 9), max_size=6)), min_size=2, max_size=4)


def write(root: Path, topology: str, groups: int, nodes: set[int]) -> None:
    """Write a site with so many leaf groups, pods or groups, and an oob switch for each of as many racks."""
    head, switches = SWITCHES[topology]
    body = switches.format(groups=groups, twice=2 * groups)
    fabrics = f"fabrics: {{compute: {{kind: compute, {head}, switches: {{{body}}}}}}}\n"
    lines = "".join(f"  n{n:02d}: {{rack: gpu-{n % 3 + 1:02d}, device: test/node, profile: node}}\n" for n in nodes)
    write_site(root, "schema: 1\n" + fabrics + OOB.format(groups=groups), lines or "  {}", racks=9)


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a site folder with the device types of the tests."""
    made = tmp_path_factory.mktemp("topologies")
    write_device(made, "node", 3)
    write_device(made, "switch", 16, switch=True)
    write_device(made, "access", 48, "1000base-t", switch=True)
    return made


@pytest.mark.parametrize("topology", SWITCHES)
@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(steps=STEPS)
def test_nothing_moves(root: Path, topology: str, steps: list[tuple[int, set[int]]]) -> None:
    """What stands in two sites after each other has the same ports, addresses, ASNs and cables, trunks included."""
    allocations, groups = Allocations(), 1
    before: Blueprint | None = None
    for more, nodes in steps:
        groups = min(groups + more, 5)
        write(root, topology, groups, nodes)

        now, allocations = design(load_site(root), allocations)

        if before is not None:
            gone = before.nodes.keys() - now.nodes.keys()
            held = facts(now)
            for thing, value in facts(before).items():
                if not any(f"'{name}" in repr(value) or f" {name}" in thing for name in gone):
                    assert held.get(thing) == value, thing
        before = now


def test_more_spines(tmp_path: Path) -> None:
    """More spines take over an even share of the trunks; hosts and the trunks that stay keep ports and addresses."""
    write_device(tmp_path, "node", 3)
    write_device(tmp_path, "switch", 16, switch=True)
    fabric = (
        "schema: 1\nfabrics: {{compute: {{kind: compute, "
        + PREFIXES
        + 'uplinks: 8, switches: {{"leaf-[1-2]": {{tier: leaf, rack: net-01, device: test/switch}}, '
        '"spine-[1-{spines}]": {{tier: spine, rack: net-02, device: test/switch}}}}}}}}\n'
    )
    nodes = "  n[1-3]: {rack: gpu-01, device: test/node, profile: node}\n"
    first, allocations = design(load_site(write_site(tmp_path, fabric.format(spines=2), nodes)), Allocations())

    second, _ = design(load_site(write_site(tmp_path, fabric.format(spines=4), nodes)), allocations)

    assert second.nodes == first.nodes
    old, new = ({c.id: c for c in design.cables} for design in (first, second))
    kept = [identity for identity, cable in old.items() if new.get(identity) == cable]
    assert len(kept) == 9 + 8  # three nodes of three NICs; of the 16 trunks the new spines take half
    for name in ("leaf-1", "leaf-2"):
        spines = [port.peer.partition(" ")[0] for port in second.switches[name].ports if port.peer_asn]
        assert {spine: spines.count(spine) for spine in spines} == {f"spine-{n}": 2 for n in range(1, 5)}
