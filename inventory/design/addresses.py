"""Addresses and MACs: a host index that a name keeps; a MAC as declared, or made from the name in a lab."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from ipaddress import IPv4Address

from gigaworks.inventory.blueprint import Bmc, Network
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.model.network import NetworkNoun
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site


def hosts(numbers: Numbers, name: str, network: NetworkNoun, names: Iterable[str]) -> dict[str, str]:
    """Return an address for each name: the lowest free ones after the network's own, the gateway left out.

    A prefix that is too small gives addresses beyond it: law NET-8 names them.
    """
    base = int(network.prefix.network_address)
    taken = {network.prefix.num_addresses - 1}
    if network.gateway is not None:
        taken.add(int(network.gateway) - base)
    given = numbers.give(f"address/{name}", names, 1, taken)
    return {host: dotted(base + index) for host, index in given.items()}


def networks(site: Site) -> dict[str, Network]:
    """Return every prefix with its role: each network's, each fabric's links and loopbacks."""
    made = {
        name: Network(
            name=name, kind=noun.kind, prefix=str(noun.prefix), mtu=noun.mtu, vlan=noun.vlan, vrf=noun.vrf,
            vni=noun.vni, gateway=str(noun.gateway) if noun.gateway else None, prefix6=_text(noun.prefix6),
            gateway6=_text(noun.gateway6), where=where(noun.at()),
        )
        for name, noun in site.networks.items()
    }  # fmt: skip
    for name, fabric in site.fabrics.items():
        for suffix, prefix, prefix6, field in (
            ("", fabric.links, fabric.links6, "links"),
            ("-loopbacks", fabric.loopbacks, fabric.loopbacks6, "loopbacks"),
        ):
            if prefix is not None:
                made[name + suffix] = Network(
                    name=name + suffix, kind=fabric.kind, prefix=str(prefix), gateway=None, mtu=fabric.mtu,
                    vrf=fabric.vrf, vni=fabric.vni, prefix6=_text(prefix6), where=where(fabric.at(field)),
                )  # fmt: skip
    return dict(sorted(made.items()))


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def beside(network: NetworkNoun, address: str) -> str | None:
    """Return the IPv6 address with the same host number as an IPv4 address of a network; None where it has no IPv6."""
    if network.prefix6 is None:
        return None
    return str(network.prefix6.network_address + (int(IPv4Address(address)) - int(network.prefix.network_address)))


def controller(site: Site, name: str, port: str, address: str, user: str) -> Bmc:
    """Return a management controller on the out-of-band network; ``port`` is the one whose MAC it has."""
    oob = next(network for network in site.networks.values() if network.kind == "oob")
    device = name.removesuffix("-bmc") if port == "bmc" else name
    return Bmc(name=name, mac=mac(site, device, port), address=address, user=user, address6=beside(oob, address))


def dotted(number: int) -> str:
    """Return an IPv4 address as text; `str(IPv4Address(number))` takes four times as long."""
    return f"{number >> 24}.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def mac(site: Site, device: str, port: str) -> str:
    """Return the declared MAC; in a lab a locally administered one from the name; else an empty text: unknown."""
    hardware = site.hardware.get(device)
    declared = None
    if hardware is not None:
        declared = hardware.bmc_mac if port == "bmc" else hardware.macs.get(port)
    if declared is None and site.facts.lab:
        digest = hashlib.sha256(f"{site.facts.name}/{device}/{port}".encode()).digest()
        return ":".join(f"{byte:02x}" for byte in (0x02, *digest[:5]))
    return declared or ""
