"""Links of both IP versions and links without addresses, in the words of FRR."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from gigaworks.inventory.blueprint import Port
from gigaworks.stacks.switch.render import frr_conf
from tests.stacks.sites import site

LEAF = site().switches["leaf-1"]
HOST = Port(
    name="swp1", peer="gpu-01-n1 rail0", address="10.77.64.0/31", peer_address="10.77.64.1", address6="fd00:64::/127",
    peer_address6="fd00:64::1",
)  # fmt: skip
UP = Port(
    name="swp32", peer="spine-1 swp1", address="10.77.64.3/31", peer_address="10.77.64.2", peer_asn=4200000002,
    address6="fd00:64::3/127", peer_address6="fd00:64::2",
)  # fmt: skip
BARE = Port(name="swp31", peer="spine-2 swp1", address=None, peer_asn=4200000002)
BOTH = msgspec.structs.replace(LEAF, ports=[HOST, BARE, UP], loopback6="fd00:32::1")


def test_both_versions() -> None:
    """IPv6 has sessions, prefixes and a family of its own; an unnumbered port carries both families in one session."""
    lines = frr_conf(BOTH).splitlines()

    family6 = lines[lines.index(" address-family ipv6 unicast") : len(lines)]
    assert " neighbor swp31 interface remote-as 4200000002" in lines
    assert {" neighbor 10.77.64.2 remote-as 4200000002", " neighbor fd00:64::2 remote-as 4200000002"} <= {*lines}
    assert "  no neighbor fd00:64::2 activate" in lines  # IPv4 has a session of its own
    assert family6[1:4] == [
        "  redistribute connected route-map OWN6", "  neighbor swp31 activate", "  neighbor fd00:64::2 activate"
    ]  # fmt: skip
    own = [line.rpartition(" ")[2] for line in lines if line.startswith("ipv6 prefix-list OWN6")]
    assert own == ["fd00:32::1/128", "fd00:64::/127", "fd00:64::2/127"]
    assert "  ip address" not in "\n".join(lines[lines.index("interface swp31") :][:3])


def test_ipv4_alone_says_nothing_of_ipv6() -> None:
    """A site that declares no IPv6 has the configuration that it had."""
    assert "ipv6" not in frr_conf(LEAF)
    assert "OWN6" not in frr_conf(LEAF)


def test_frr_accepts_both(tmp_path: Path) -> None:
    """FRR itself finds nothing wrong with links of both versions and without addresses."""
    if not shutil.which("vtysh"):
        pytest.skip("needs FRR on this computer")
    file = tmp_path / "frr.conf"
    file.write_text(frr_conf(BOTH))

    judged = subprocess.run(["vtysh", "-C", "-f", str(file)], capture_output=True, text=True, check=False)

    assert judged.returncode == 0, judged.stdout + judged.stderr
