"""Addresses and MACs: a host index that a name keeps; a MAC as declared, or made from the name in a lab."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.model.network import NetworkNoun
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
