"""What of every resource that racks share is used and usable, as the laws measure it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from gigaworks.inventory.laws import LAWS
from gigaworks.inventory.laws.law import Case
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.laws.network import HEADROOM, addresses_of

Key = tuple[str, str, str]  # of a figure: law, subject, what
FAMILIES = ("PWR", "COOL")  # of laws whose measures add up over racks
UNITS = ("kW", "L/min", "m3/h")  # in which they do
INSIDE = ("rack", "node", "switch")  # what is one rack's own affair


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One resource under one law; ``usable`` None is a limit that nobody declared."""

    law: str
    subject: str  # kind/key, as in findings
    what: str
    unit: str
    used: float
    usable: float | None

    @property
    def key(self) -> Key:
        """What the figure is about: the same resource in another design has the same key."""
        return self.law, self.subject, self.what


def figures(case: Case) -> dict[Key, Figure]:
    """Return the figure of every resource that racks share and that each rack more takes alike."""
    return {figure.key: figure for figure in [*_measured(case), *_unmeasured(case), *_network(case)]}


def _measured(case: Case) -> Iterator[Figure]:
    for law in LAWS.values():
        for it in law.check(case) if law.id.partition("-")[0] in FAMILIES else ():
            if isinstance(it, Measure) and it.unit in UNITS and not it.least and _shared(case, it.subject):
                yield Figure(
                    law=law.id, subject=it.subject, what=it.what, unit=it.unit, used=it.figure, usable=it.limit
                )


def _shared(case: Case, subject: str) -> bool:
    kind, _, key = subject.partition("/")
    return kind not in INSIDE and (kind != "power" or key in case.site.power)


def _unmeasured(case: Case) -> Iterator[Figure]:
    """Yield the loops of which nobody declared what they can carry: law COOL-1 has nothing to measure there."""
    for key, standing in case.site.cooling.items():
        if standing.noun.kind == "fws" and (standing.noun.flow is None or not standing.noun.delta):
            load = case.blueprint.cooling[key].load_kw
            yield Figure(law="COOL-1", subject=f"cooling/{key}", what="heat", unit="kW", used=load, usable=None)


def _network(case: Case) -> Iterator[Figure]:
    for name, network in case.site.networks.items():
        inside = network.gateway is not None and network.gateway in network.prefix
        usable = math.floor(network.prefix.num_addresses * (1 - HEADROOM)) - 2 - inside  # network, broadcast, gateway
        used = len(addresses_of(case, network.kind))
        yield _addresses(name, used, usable)
    for name, fabric in case.site.fabrics.items():
        ours = {s.name: s.noun.tier for s in case.site.switches.values() if s.within == name}
        leaves = [case.wired[switch] for switch, tier in ours.items() if tier == "leaf"]
        if fabric.links is not None:
            links = sum(case.wired[switch].down + case.wired[switch].across / 2 for switch in ours)
            room = math.floor(fabric.links.num_addresses * (1 - HEADROOM))
            yield _addresses(name, 2 * round(links) - 1, room)  # a link is a /31
        down, up = sum(leaf.down for leaf in leaves), sum(leaf.up for leaf in leaves)
        have = sum(len(case.ports(switch)) for switch, tier in ours.items() if tier == "leaf") - up
        subject = f"fabric/{name}"
        yield Figure(law="NET-5", subject=subject, what="ports", unit="ports", used=down, usable=have)
        if up:
            need = sum(leaf.down_mbit for leaf in leaves) / 1000
            carried = sum(leaf.up_mbit for leaf in leaves) * fabric.oversubscription / 1000
            yield Figure(law="NET-3", subject=subject, what="uplinks", unit="Gbit/s", used=need, usable=carried)


def _addresses(network: str, used: int, usable: int) -> Figure:
    subject = f"network/{network}"
    return Figure(law="NET-8", subject=subject, what="addresses", unit="addresses", used=used, usable=usable)
