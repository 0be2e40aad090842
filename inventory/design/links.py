"""The addresses, ASNs and loopbacks of a fabric; InfiniBand and plain networks have none."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv6Address
from typing import NamedTuple

from gigaworks.inventory.design.addresses import dotted
from gigaworks.inventory.design.members import Member
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.model.network import FabricNoun, Switched


class Link(NamedTuple):
    """Both ends of a cable, without prefix length: the upper end is the even one (RFC 3021, 6164)."""

    upper: str | None = None
    lower: str | None = None
    upper6: str | None = None
    lower6: str | None = None


NO_LINK = Link()


class Links:
    """What the switches and cables of one fabric are numbered with."""

    def __init__(self, noun: Switched, numbers: Numbers, name: str) -> None:
        self._fabric = noun if isinstance(noun, FabricNoun) and noun.routed else None
        self._numbers = numbers
        self._name = name

    def of(self, hosts: list[str], trunks: list[str]) -> tuple[list[Link], list[Link]]:
        """Return the addresses of the links to hosts and of those between switches, each in the order given."""
        fabric = self._fabric
        numbered = [*hosts, *([] if fabric is None or fabric.unnumbered else trunks)]
        if fabric is None or fabric.links is None:
            return [NO_LINK] * len(hosts), [NO_LINK] * len(trunks)
        index = self._numbers.give(f"link/{self._name}", numbered, in_order=True)
        base = int(fabric.links.network_address)
        base6 = int(fabric.links6.network_address) if fabric.links6 else None
        found = []
        for link in numbered:
            even = 2 * index[link]
            upper, lower = dotted(base + even), dotted(base + even + 1)
            if base6 is None:
                found.append(Link(upper, lower))
            else:
                found.append(Link(upper, lower, str(IPv6Address(base6 + even)), str(IPv6Address(base6 + even + 1))))
        return found[: len(hosts)], found[len(hosts) :] or [NO_LINK] * len(trunks)

    def asns(self, switches: Iterable[Member]) -> dict[str, int]:
        """Return the AS of each switch: its own for a leaf, one for a group's spines, one for cores (RFC 7938)."""
        if self._fabric is None:
            return {}
        owner = {switch.name: _owner(switch) for switch in switches}
        given = self._numbers.give(f"asn/{self._name}", owner.values())
        return {name: self._fabric.first_asn + given[owned] for name, owned in owner.items()}

    def loopbacks(self, switches: Iterable[Member]) -> dict[str, tuple[str, str | None]]:
        """Return the loopbacks of each switch, IPv4 and IPv6."""
        fabric = self._fabric
        if fabric is None or fabric.loopbacks is None:
            return {}
        base = int(fabric.loopbacks.network_address)
        base6 = int(fabric.loopbacks6.network_address) if fabric.loopbacks6 else None
        given = self._numbers.give(f"loopback/{self._name}", [s.name for s in switches], 1)
        return {
            name: (dotted(base + n), None if base6 is None else str(IPv6Address(base6 + n)))
            for name, n in given.items()
        }


def _owner(switch: Member) -> str:
    """Return whose AS a switch is in: its own, that of its group's spines, of its plane's cores."""
    if switch.tier == "leaf":
        return switch.name
    parts = [switch.tier, switch.group, f"plane {switch.plane}" if switch.plane > 1 else ""]
    return " ".join(part for part in parts if part)
