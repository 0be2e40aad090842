"""Every fragment of docs/fabrics.md is a file that loads, designs, and breaks no law of the network."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from tests.inventory.design.networks import write_site

PAGE = (Path(__file__).parents[3] / "docs" / "fabrics.md").read_text()
FRAGMENTS = dict(re.findall(r"^## ([^\n]+)\n(?:(?!^## ).)*?^```yaml\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
NODES = """
  "gpu-[01-04]-n[1-4]": {rack: "gpu-[01-04]", device: nvidia/dgx-h100, profile: node}
"""
TRAYS = """
  "nvl-[1-2]-t[01-18]": {rack: "nvl-[1-2]", device: nvidia/gb200-nvl72-compute-tray, profile: node}
"""


def designed(title: str, root: Path) -> Blueprint:
    """Return the design of a fragment of the page; an error of a law of the network fails the test."""
    fragment = FRAGMENTS[title]
    nodes = NODES + (TRAYS if "nvl-" in fragment else "")
    declared = declare(write_site(root, fragment, nodes), write=False, today=dt.date(2026, 11, 23))
    assert [f for f in declared.findings if f.id.startswith("NET") and f.severity == "error"] == []
    return declared.blueprint


@pytest.mark.parametrize("title", FRAGMENTS)
def test_fragment(title: str, tmp_path: Path) -> None:
    """The fragment stands: every port is used once, every cable ends at the ports that name each other."""
    blueprint = designed(title, tmp_path)

    peers = {(s.name, p.name): p.peer for s in blueprint.switches.values() for p in s.ports}
    assert len(peers) == sum(len(s.ports) for s in blueprint.switches.values())
    for cable in blueprint.cables:
        assert peers[cable.b.device, cable.b.port] == str(cable.a)
        assert peers.get((cable.a.device, cable.a.port), str(cable.b)) == str(cable.b)
    assert len(FRAGMENTS) == PAGE.count("```yaml") == 8


def test_planes(tmp_path: Path) -> None:
    """NIC port i of a node is rail i // 2 on plane i % 2, on a leaf of that plane; the planes do not meet."""
    blueprint = designed("Planes", tmp_path)

    leaf = {str(cable.a): cable.b.device for cable in blueprint.cables}
    nics = [nic for nic in blueprint.nodes["gpu-01-n1"].nics if nic.fabric == "compute"]
    assert [(nic.rail, nic.plane) for nic in nics] == [(i // 2, i % 2 + 1) for i in range(8)]
    assert [leaf[f"gpu-01-n1 {n.name}"] for n in nics] == [f"p{i % 2 + 1}-leaf-{i // 2 + 1}" for i in range(8)]
    for cable in blueprint.cables:
        if cable.a.device in blueprint.switches:
            assert blueprint.switches[cable.a.device].plane == blueprint.switches[cable.b.device].plane
    assert len({s.asn for s in blueprint.switches.values()}) == 8 + 2  # each plane's spines share one


def test_three_tiers(tmp_path: Path) -> None:
    """Every core is reached once from every pod by its own spine, and leaves stay inside their pod."""
    blueprint = designed("Three tiers", tmp_path)

    up = {(c.a.device, c.b.device) for c in blueprint.cables if c.b.device.startswith("core-")}
    assert {core for _, core in up} == {f"core-{n:02d}" for n in range(1, 33)}
    assert up == {(f"pod-{p}-spine-{n:02d}", f"core-{n:02d}") for p in (1, 2) for n in range(1, 33)}
    inside = [(c.a.device, c.b.device) for c in blueprint.cables if "spine" in c.b.device]
    assert all(a.partition("-leaf")[0] == b.partition("-spine")[0] for a, b in inside)


def test_dragonfly(tmp_path: Path) -> None:
    """Every two groups are joined by eight cables, spread evenly over the spines of each."""
    blueprint = designed("Dragonfly+", tmp_path)

    joins = [(c.a.device, c.b.device) for c in blueprint.cables if "spine" in c.a.device]
    pairs = [(a[:2], b[:2]) for a, b in joins]
    assert {pair: pairs.count(pair) for pair in pairs} == {("g1", "g2"): 8, ("g1", "g3"): 8, ("g2", "g3"): 8}
    used = [spine for pair in joins for spine in pair]
    assert max(map(used.count, used)) == 1


def test_nvlink(tmp_path: Path) -> None:
    """Each NVL72 rack is one domain of 18 nodes, 9 trays and 72 accelerators; its nodes share it as failure domain."""
    blueprint = designed("Switches of the management networks", tmp_path)

    assert blueprint.domains.keys() == {"h1/nvl-1", "h1/nvl-2"}
    domain = blueprint.domains["h1/nvl-1"]
    assert domain.tray == "nvidia/nvlink-5-switch"
    assert (len(domain.positions), len(domain.nodes), domain.accelerators, domain.most) == (9, 18, 72, 72)
    assert blueprint.nodes["nvl-1-t01"].failure_domains["nvlink"] == "h1/nvl-1"
    assert "nvlink" not in blueprint.nodes["gpu-01-n1"].failure_domains


def test_access_switches(tmp_path: Path) -> None:
    """Every BMC, PDU and management port has a cable to an oob switch, in its own rack where one stands there."""
    blueprint = designed("Switches of the management networks", tmp_path)

    cables = {c.a.device: c for c in blueprint.cables if c.a.device not in blueprint.switches}
    assert cables.keys() == blueprint.nodes.keys() | blueprint.pdus.keys()
    rack = {node.name: node.rack for node in blueprint.nodes.values()}
    rack |= {pdu.name: pdu.rack for pdu in blueprint.pdus.values()}
    for device, cable in cables.items():
        if rack[device].startswith(("h1/gpu", "h1/nvl")):
            assert blueprint.switches[cable.b.device].rack == rack[device]
    assert {(c.media, c.fabric, c.form_a) for c in cables.values()} == {("cat6a", "oob", "RJ45")}
    assert all(switch.platform is None for switch in blueprint.switches.values())


def test_addresses(tmp_path: Path) -> None:
    """Links to hosts are /31 and /127 with one host number; those between switches have no address and speak BGP."""
    blueprint = designed("IPv6, unnumbered links, EVPN", tmp_path)

    leaf = blueprint.switches["leaf-1"]
    to_host = next(port for port in leaf.ports if port.peer_asn is None)
    between = next(port for port in leaf.ports if port.peer_asn is not None)
    nic = next(n for n in blueprint.nodes["gpu-01-n1"].nics if n.name == "ibp24s0")
    assert (to_host.address, to_host.address6) == ("10.64.0.0/31", "fd00:64::/127")
    assert (nic.address, nic.gateway, nic.address6, nic.gateway6) == (
        "10.64.0.1/31", "10.64.0.0", "fd00:64::1/127", "fd00:64::"
    )  # fmt: skip
    assert (between.address, between.address6, between.peer_address) == (None, None, None)
    assert (leaf.loopback, leaf.loopback6) == ("10.2.0.1", "fd00:2::1")
    bmc = blueprint.nodes["gpu-01-n1"].bmc
    assert bmc is not None
    assert bmc.address6 == "fd00::" + format(int(bmc.address.rpartition(".")[2]), "x")
    assert blueprint.networks["compute"].vni == 10064
