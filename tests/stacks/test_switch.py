"""A switch's configuration: rendered, compared, and put right on a real FRR."""

from __future__ import annotations

import asyncio
import re
import shutil
import subprocess
from pathlib import Path

import msgspec
import pytest

from gigaworks.stacks.provider import switch
from gigaworks.stacks.provider.handler import Context
from gigaworks.stacks.slicing.network import network_slice
from gigaworks.stacks.switch.config import observed, removals
from gigaworks.stacks.switch.render import frr_conf
from tests.stacks.frr import running_frr
from tests.stacks.sites import site

LEAF = site().switches["leaf-1"]
DATA = Path(__file__).parent / "data"


def test_frr_accepts_what_is_rendered(tmp_path: Path) -> None:
    """FRR itself finds nothing wrong with the configuration of a leaf and of a spine."""
    if not shutil.which("vtysh"):
        pytest.skip("needs FRR on this computer")
    for name, each in site().switches.items():
        file = tmp_path / name
        file.write_text(frr_conf(each))
        judged = subprocess.run(["vtysh", "-C", "-f", str(file)], capture_output=True, text=True, check=False)
        assert judged.returncode == 0, judged.stdout + judged.stderr


def test_only_the_switch_s_own_prefixes_are_announced() -> None:
    """The prefix list behind 'redistribute connected' holds the loopback and the /31s of its ports, nothing else."""
    text = frr_conf(LEAF)
    assert re.findall(r"prefix-list OWN seq \d+ permit (\S+)", text) == [
        "10.77.32.1/32",
        "10.77.64.0/31",
        "10.77.64.2/31",
    ]
    assert "redistribute connected route-map OWN" in text
    assert text.count("remote-as") == 1  # a node's port speaks no BGP


def test_what_frr_shows_means_the_same() -> None:
    """The running configuration, as FRR 8.4 prints it, is not taken for drift."""
    declared = frr_conf(LEAF)
    assert observed(declared, (DATA / "running-8.4.txt").read_text()) == declared


def test_every_change_by_hand_is_seen_and_nothing_else() -> None:
    """A route, a shut interface, a timer, another neighbour and forwarding switched off differ by their lines."""
    declared = frr_conf(LEAF)
    shown = observed(declared, (DATA / "running-8.4-by-hand.txt").read_text())
    gone, come = set(declared.splitlines()), set(shown.splitlines())
    assert gone - come == {" neighbor 10.77.64.1 remote-as 4200000100"}
    assert come - gone == {
        "ip route 10.9.9.0/24 10.77.64.3",
        "no ip forwarding",
        " shutdown",
        " timers bgp 5 15",
        " neighbor 10.77.64.1 remote-as 4200000999",
    }


def test_removals_undo_what_is_beyond_the_declared() -> None:
    """A context that is not declared goes as a whole; a 'no' is undone by its positive."""
    assert removals("a\n", "a\nrouter bgp 1\n neighbor x\nexit\nno ip forwarding\nip route 1\n") == (
        "no router bgp 1\nno ip route 1\n"
    ).replace("no ip route", "ip forwarding\nno ip route")


@pytest.mark.root
def test_a_real_frr_takes_the_configuration_and_is_healed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Applied, it shows as declared; changed by hand, it shows the changes; applied again, it is healed."""
    declared = next(each for each in network_slice(site(), {}).resources if each.name == "leaf-1").properties
    context = Context({"GIGAWORKS_SITE": str(tmp_path)})
    handler = switch.Switch()

    async def look() -> dict[str, object] | None:
        return await handler.observe(context, "leaf-1", declared)

    with running_frr() as shell:
        monkeypatch.setattr(switch, "_shell", lambda *_: shell)

        async def story() -> None:
            await handler.apply(context, "leaf-1", declared)
            assert await look() == declared
            shell.run(
                "vtysh -c 'conf t' -c 'ip route 10.9.9.0/24 10.77.64.3' -c 'interface swp2' -c shutdown -c exit "
                "-c 'router bgp 4200000001' -c 'neighbor 10.77.64.1 remote-as 4200000999' -c 'timers bgp 5 15' "
                "-c exit -c 'no ip prefix-list OWN seq 5'; "
                "ip route add 10.8.8.0/24 dev swp1; ip link set swp1 mtu 1400; sysctl -qw net.ipv4.ip_forward=0"
            )
            shown = await look()
            assert shown is not None
            assert shown["routes_by_hand"] == ["10.8.8.0/24 dev swp1"]
            assert shown["ports"] == {
                "swp1": {"mtu": 1400, "enabled": True},
                "swp2": {"mtu": 9100, "enabled": False},
            }
            assert shown["config"] != declared["config"]
            await handler.apply(context, "leaf-1", declared)
            assert await look() == declared
            before = shell.run("stat -c %Y.%i /etc/frr/frr.conf")
            await handler.apply(context, "leaf-1", declared)
            assert shell.run("stat -c %Y.%i /etc/frr/frr.conf") == before  # nothing to do, nothing written

        asyncio.run(story())


def test_a_port_that_is_no_longer_used_loses_its_configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cable taken out of the plan takes its address, neighbour and prefix along; the other port stays as it is."""
    blueprint = site()
    leaf = blueprint.switches["leaf-1"]
    smaller = msgspec.structs.replace(leaf, ports=leaf.ports[:1])
    less = msgspec.structs.replace(blueprint, switches={**blueprint.switches, "leaf-1": smaller})
    before, after = (
        next(each for each in network_slice(each, {}).resources if each.name == "leaf-1").properties
        for each in (blueprint, less)
    )
    context = Context({"GIGAWORKS_SITE": str(tmp_path)})
    handler = switch.Switch()
    with running_frr() as shell:
        monkeypatch.setattr(switch, "_shell", lambda *_: shell)

        async def story() -> None:
            await handler.apply(context, "leaf-1", before)
            await handler.apply(context, "leaf-1", after)
            assert await handler.observe(context, "leaf-1", after) == after

        asyncio.run(story())
        assert "interface swp2" not in shell.run("vtysh -c 'show running-config'")
