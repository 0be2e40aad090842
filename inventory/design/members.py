"""The switches of one fabric, in the order that they keep, and the trunks between them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

from gigaworks.inventory.catalog.catalogue import Device
from gigaworks.inventory.design.cables import Plug
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.media import form_of
from gigaworks.inventory.model.network import SwitchNoun, Tier
from gigaworks.inventory.model.resolved import Site, Standing


class SwitchPort(NamedTuple):
    """A port of a switch after breakout."""

    name: str
    speed_mbit_s: int | None
    plug: Plug


@dataclass(frozen=True, eq=False, slots=True)
class Member:
    """A switch of a fabric: its place in the topology and its ports after breakout."""

    name: str
    noun: SwitchNoun
    tier: Tier
    order: int  # among the switches of its tier
    plane: int
    group: str  # the pod or group; empty where the topology has none
    rack: str
    ports: list[SwitchPort]

    def port(self, number: int) -> SwitchPort:
        """Return port ``number``, counted from 1; one past the last has a name that law NET-5 refuses."""
        if 1 <= number <= len(self.ports):
            return self.ports[number - 1]
        return SwitchPort(f"missing{number}", None, Plug(None))


class Trunk(NamedTuple):
    """A cable between two switches; ``across`` where both are of one tier: two groups' spines."""

    lower: Member
    upper: Member
    number: int
    across: bool = False


class Plane(NamedTuple):
    """The switches of one plane, each tier in its order, by group where the topology has groups.

    ``places`` are the numbers that the groups keep.
    """

    leaves: dict[str, list[Member]]
    spines: dict[str, list[Member]]
    cores: list[Member]
    places: dict[str, int]


def members(site: Site, numbers: Numbers, name: str) -> list[Member]:
    """Return the switches of a fabric, each tier in the order that its names keep."""
    ours: dict[Tier, dict[str, Standing[SwitchNoun]]] = {"leaf": {}, "spine": {}, "core": {}}
    for switch in site.switches.values():
        if switch.within == name:
            ours[switch.noun.tier][switch.name] = switch
    found: list[Member] = []
    ports: dict[tuple[str, int], list[SwitchPort]] = {}
    for tier, standing in ours.items():
        for switch_name, order in sorted(numbers.give(f"{tier}/{name}", standing).items(), key=lambda item: item[1]):
            noun = standing[switch_name].noun
            key = noun.device, noun.breakout
            if key not in ports:
                ports[key] = ports_of(site.catalogue.device(noun.device), noun.breakout)
            found.append(Member(
                name=switch_name, noun=noun, tier=tier, order=order, plane=int(noun.plane), group=noun.group,
                rack=site.rack_of[switch_name], ports=ports[key],
            ))  # fmt: skip
    return found


def planes(switches: Iterable[Member], places: dict[str, int]) -> dict[int, Plane]:
    """Return the switches of each plane."""
    found: dict[int, Plane] = {}
    for switch in switches:
        plane = found.setdefault(switch.plane, Plane(defaultdict(list), defaultdict(list), [], places))
        if switch.tier == "core":
            plane.cores.append(switch)
        else:
            (plane.leaves if switch.tier == "leaf" else plane.spines)[switch.group].append(switch)
    return dict(sorted(found.items()))


def ports_of(device: Device | None, breakout: int) -> list[SwitchPort]:
    """Return the ports of a switch that a fabric may use, after breakout."""
    found = []
    for interface in device.ports if device else ():
        speed = interface.speed_mbit_s
        plug = Plug(form_of(interface.type), breakout)
        lanes = [interface.name] if breakout == 1 else [f"{interface.name}s{lane}" for lane in range(breakout)]
        found += [SwitchPort(name, speed and speed // breakout, plug) for name in lanes]
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
