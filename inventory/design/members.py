"""The switches of one fabric, in the order that they keep, and the trunks between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.model.network import SwitchNoun
from gigaworks.inventory.model.resolved import Site, Standing


@dataclass(frozen=True, eq=False)
class Member:
    """A switch of a fabric: its place in the topology and the names of its ports after breakout."""

    standing: Standing[SwitchNoun]
    name: str
    tier: str
    group: str  # the pod or group; empty where the topology has none
    order: int  # among the switches of its tier
    plane: int
    rack: str
    ports: list[str]
    speed_mbit_s: int | None  # of one port after breakout

    def port(self, number: int) -> str:
        """Return the name of port ``number`` from 1; one past the last has a name that law NET-5 refuses."""
        return self.ports[number - 1] if 1 <= number <= len(self.ports) else f"missing{number}"


class Trunk(NamedTuple):
    """A cable between two switches; ``across`` where both are of one tier: two groups' spines."""

    lower: Member
    upper: Member
    number: int
    across: bool = False

    @property
    def name(self) -> str:
        """The name under which the cable keeps its numbers."""
        return f"{self.lower.name} {self.upper.name} {self.number}"


class Plane(NamedTuple):
    """The switches of one plane, each tier in its order, by group where the topology has groups."""

    leaves: dict[str, list[Member]]
    spines: dict[str, list[Member]]
    cores: list[Member]


def members(site: Site, numbers: Numbers, fabric: str) -> list[Member]:
    """Return the switches of a fabric, each tier in the order that its names keep."""
    ours = [s for s in site.switches.values() if s.within == fabric]
    found: list[Member] = []
    for tier in ("leaf", "spine", "core"):
        standing = {s.name: s for s in ours if s.noun.tier == tier}
        for name, order in sorted(numbers.give(f"{tier}/{fabric}", standing).items(), key=lambda item: item[1]):
            noun = standing[name].noun
            device = site.catalogue.device(noun.device)
            speed = device.ports[0].speed_mbit_s if device and device.ports else None
            found.append(Member(
                standing=standing[name], name=name, tier=tier, group=noun.group, order=order,
                plane=int(noun.plane), rack=site.rack_of[name], speed_mbit_s=speed and speed // noun.breakout,
                ports=device.ports_after(noun.breakout) if device else [],
            ))  # fmt: skip
    return found


def planes(switches: list[Member]) -> dict[int, Plane]:
    """Return the switches of each plane."""
    found: dict[int, Plane] = {}
    for number in sorted({s.plane for s in switches}):
        leaves: dict[str, list[Member]] = defaultdict(list)
        spines: dict[str, list[Member]] = defaultdict(list)
        cores: list[Member] = []
        for switch in (s for s in switches if s.plane == number):
            if switch.tier == "core":
                cores.append(switch)
            else:
                (leaves if switch.tier == "leaf" else spines)[switch.group].append(switch)
        found[number] = Plane(leaves, spines, cores)
    return found


def spread(lower: Member, uppers: list[Member], count: int) -> Iterator[Trunk]:
    """Return the trunks of a switch whose uplinks are dealt out in turn; what stays keeps its number when more come."""
    for k in range(count if uppers else 0):
        yield Trunk(lower, uppers[k % len(uppers)], k // len(uppers))


def even(declared: int | None, ports: int, uppers: int) -> int:
    """Return how many uplinks a switch has: as declared, else half of its ports, spread evenly over those above."""
    if not uppers:
        return 0
    return declared or max(ports // 2 // uppers * uppers, uppers)
