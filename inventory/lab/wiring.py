"""The lab's network: bridges, network namespaces, cables. What to make is pure; ``apply`` makes it."""

from __future__ import annotations

import hashlib
import subprocess
from ipaddress import IPv4Network

from gigaworks.inventory.blueprint import Blueprint, Cable, CableEnd, Nic
from gigaworks.inventory.problem import GigaworksError, Problem

Lines = list[str]


def apply(lines: Lines, netns: str = "") -> None:
    """Run lines of ``ip -batch`` in a network namespace, the controller's own by default.

    Raises:
        GigaworksError: a line failed; those before it were done.
    """
    if not lines:
        return
    command = ["ip", *(["-n", netns] if netns else []), "-batch", "-"]
    done = subprocess.run(
        command, input="\n".join(lines) + "\n", text=True, capture_output=True, timeout=120, check=False
    )
    if done.returncode:
        raise GigaworksError(Problem("The lab cannot be wired", f"{netns or 'controller'}: {done.stderr.strip()}"))


def controller(blueprint: Blueprint) -> Lines:
    """Return what makes the controller's side: a bridge per management network with the controller's own address."""
    lines = ["link set dev lo up"]
    for network in blueprint.networks.values():
        if network.kind in {"mgmt", "oob"}:
            bridge, length = f"{network.kind}0", IPv4Network(network.prefix).prefixlen
            lines += [
                f"link add name {bridge} type bridge forward_delay 0",
                f"link set dev {bridge} up",
                f"addr add {network.gateway}/{length} dev {bridge}",
            ]
    return lines


def bmc_addresses(blueprint: Blueprint) -> set[str]:
    """Return where the lab's Redfish services listen; the controller's namespace owns all these addresses."""
    bmcs = [node.bmc for node in blueprint.nodes.values()] + [pdu.bmc for pdu in blueprint.pdus.values()]
    return {bmc.address for bmc in bmcs if bmc}


def address(change: str, bmc_address: str) -> str:
    """Return what adds or deletes (``change``: add, del) the address of a BMC."""
    return f"addr {change} {bmc_address}/32 dev oob0"


def machine(blueprint: Blueprint, name: str) -> Lines:
    """Return what makes a machine's network namespace and cables it to its management network."""
    if name in blueprint.switches:
        port, mac, mtu, bridge = "eth0", blueprint.switches[name].management.mac, 1500, "oob0"
    else:
        nic = blueprint.nodes[name].nics[0]
        port, mac, mtu, bridge = nic.name, nic.mac, nic.mtu, "mgmt0"
    peer = f"name {port} address {mac} mtu {mtu} netns {name}"
    far = "m" + hashlib.sha256(name.encode()).hexdigest()[:12]
    return [
        f"netns add {name}",
        f"link add name {far} mtu {mtu} master {bridge} up type veth peer {peer}",
    ]


def in_lab(blueprint: Blueprint, cable: Cable) -> bool:
    """Whether both ends of a cable are fabric ports of machines that the lab makes."""
    return all(
        end.device in blueprint.switches or any(nic.name == end.port for nic in _fabric_nics(blueprint, end.device))
        for end in (cable.a, cable.b)
    )


def plug(blueprint: Blueprint, cable: Cable) -> str:
    """Return what makes one cable of the plan."""
    return f"link add name {_end(blueprint, cable.a)} type veth peer name {_end(blueprint, cable.b)}"


def unplug(cable: Cable) -> None:
    """Take a cable away."""
    apply([f"link del dev {cable.a.port}"], cable.a.device)


def pull(ends: list[CableEnd]) -> dict[CableEnd, str]:
    """Pull the plugs out of ports; return the loose plug of each port that had one.

    A port loses its addresses with its plug; a switch's routing daemon sets them again.

    Raises:
        GigaworksError: there is nothing in any of them.
    """
    found = [end for end in ends if _has(end)]
    if not found:
        raise GigaworksError(Problem("No such cable", f"nothing is plugged into {' or '.join(map(str, ends))}"))
    plugs = {end: f"plug{number}" for number, end in enumerate(found)}
    for end, plug in plugs.items():
        apply([f"link set dev {end.port} down", f"link set dev {end.port} netns 1 name {plug}"], end.device)
    return plugs


def put(plugs: dict[CableEnd, str]) -> None:
    """Put loose plugs into ports.

    Raises:
        GigaworksError: a port is taken.
    """
    for end, plug in plugs.items():
        apply([f"link set dev {plug} netns {end.device} name {end.port}"])
        apply([f"link set dev {end.port} up"], end.device)


def light(name: str, nics: list[str], state: str) -> None:
    """Give a machine's NICs light or take it (``state``: up, down); they have no addresses afterwards."""
    lines = [line for nic in nics for line in (f"addr flush dev {nic}", f"link set dev {nic} {state}")]
    command = ["ip", "-n", name, "-force", "-batch", "-"]  # a port may be unplugged by a fault
    subprocess.run(command, input="\n".join(lines), text=True, check=False, capture_output=True, timeout=30)


def _has(end: CableEnd) -> bool:
    command = ["ip", "-n", end.device, "link", "show", "dev", end.port]
    return subprocess.run(command, capture_output=True, timeout=30, check=False).returncode == 0


def _fabric_nics(blueprint: Blueprint, device: str) -> list[Nic]:
    node = blueprint.nodes.get(device)
    return node.nics[1:] if node else []


def _end(blueprint: Blueprint, end: CableEnd) -> str:
    switch = blueprint.switches.get(end.device)
    if switch:
        mtu = next((port.mtu for port in switch.ports if port.name == end.port), 9100)
        return f"{end.port} netns {end.device} mtu {mtu}"
    nic = next(nic for nic in _fabric_nics(blueprint, end.device) if nic.name == end.port)
    return f"{end.port} netns {end.device} address {nic.mac} mtu {nic.mtu}"
