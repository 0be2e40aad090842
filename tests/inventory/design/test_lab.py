"""The lab template: what the brief of a newcomer promises is what the blueprint holds."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Blueprint, decode
from gigaworks.inventory.canonical import canonical
from gigaworks.inventory.declare import declare
from gigaworks.inventory.templates import copy_template


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Blueprint:
    """Return the lab's blueprint; a finding of any kind fails every test of this file."""
    root = tmp_path_factory.mktemp("lab") / "demo"
    copy_template("lab", root, {})
    declared = declare(root)
    assert declared.findings == []
    assert (root / "allocations.lock").is_file()
    return declared.blueprint


def test_machines(lab: Blueprint) -> None:
    """Eight nodes of three architectures, the RISC-V one without a BMC and on one outlet; two leaves, two spines."""
    assert {name: node.arch for name, node in lab.nodes.items()} == {
        "arm-01-n1": "aarch64",
        "gpu-01-n1": "x86_64",
        "gpu-01-n2": "x86_64",
        "rv-01-n1": "riscv64",
        "sto-01-n1": "x86_64",
        "sto-02-n1": "x86_64",
        "sto-03-n1": "x86_64",
        "svc-01-n1": "x86_64",
    }
    assert [name for name, node in lab.nodes.items() if node.bmc is None] == ["rv-01-n1"]
    assert lab.nodes["rv-01-n1"].outlets == ["cpu-01-pdu-a/2"]
    assert {name: switch.tier for name, switch in lab.switches.items()} == {
        "leaf-1": "leaf", "leaf-2": "leaf", "spine-1": "spine", "spine-2": "spine"
    }  # fmt: skip
    accelerators = [node.sku.accelerators for node in lab.nodes.values() if node.sku.accelerators]
    assert [(a.count, "simulated" in a.model) for a in accelerators] == [(2, True), (2, True)]


def test_links(lab: Blueprint) -> None:
    """Both ends of every cable agree: addresses of one /31, ports named by each other, BGP only between switches."""
    for cable in lab.cables:
        switch = lab.switches[cable.b.device]
        port = next(p for p in switch.ports if p.name == cable.b.port)
        assert port.peer == str(cable.a)
        assert port.address is not None
        link = ipaddress.ip_interface(port.address).network
        if cable.a.device in lab.nodes:
            nic = next(n for n in lab.nodes[cable.a.device].nics if n.name == cable.a.port)
            assert nic.address is not None
            assert ipaddress.ip_interface(nic.address).network == link
            assert nic.gateway == port.address.partition("/")[0]
            assert port.peer_address == nic.address.partition("/")[0]
            assert port.peer_asn is None
        else:
            leaf = lab.switches[cable.a.device]
            other = next(p for p in leaf.ports if p.name == cable.a.port)
            assert (other.peer_asn, port.peer_asn) == (switch.asn, leaf.asn)
            assert other.peer_address == port.address.partition("/")[0]


def test_storage_crosses_spines(lab: Blueprint) -> None:
    """The storage servers hang on both leaves, so their traffic crosses a spine."""
    leaves = {c.b.device for c in lab.cables if c.a.device.startswith("sto-")}

    assert leaves == {"leaf-1", "leaf-2"}


def test_addresses_are_unique(lab: Blueprint) -> None:
    """No address, MAC or cable id comes twice."""
    bmcs = [n.bmc for n in lab.nodes.values() if n.bmc]
    managed = [*bmcs, *(p.bmc for p in lab.pdus.values()), *(s.management for s in lab.switches.values())]
    nics = [nic for node in lab.nodes.values() for nic in node.nics]
    addresses = [b.address for b in managed] + [(n.address or "").partition("/")[0] for n in nics]
    macs = [b.mac for b in managed] + [n.mac for n in nics]

    assert len(set(addresses)) == len(addresses)
    assert len(set(macs)) == len(macs)
    assert all(mac.startswith("02:") for mac in macs)
    assert [c.id for c in lab.cables] == [f"{n:04d}" for n in range(1, len(lab.cables) + 1)]


def test_power_adds_up(lab: Blueprint) -> None:
    """The transformer carries exactly what the racks draw, half of it on each side but for the single-fed board."""
    draw = sum(rack.draw_kw for rack in lab.racks.values())

    assert lab.power["h1/tr-1"].load_kw == pytest.approx(draw)
    assert lab.power["h1/busway-a"].load_kw - lab.power["h1/busway-b"].load_kw == pytest.approx(0.2)
    assert lab.nodes["rv-01-n1"].failure_domains["feed"] == "h1/busway-a"
    assert "feed" not in lab.nodes["gpu-01-n1"].failure_domains


def test_origins(lab: Blueprint, tmp_path: Path) -> None:
    """A role's parameter knows the line it stands on, also where another profile is extended."""
    copy_template("lab", tmp_path / "demo", {})
    lines = (tmp_path / "demo" / "profiles.yaml").read_text().splitlines()
    kernel = next(call for call in lab.profiles["gpu-x86"].roles if call.role == "kernel")
    file, _, line = kernel.origins["sysctl"].partition(":")

    assert file == "profiles.yaml"
    assert "net.core.somaxconn" in lines[int(line) - 1]
    assert [call.role for call in lab.profiles["gpu-x86"].roles][-1] == "acceptance"


def test_decodes(lab: Blueprint) -> None:
    """A blueprint read back from its JSON is the same blueprint."""
    assert decode(canonical(lab)) == lab
