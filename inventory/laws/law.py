"""What a law is, and what it sees: the blueprint and the site that it came from."""

from __future__ import annotations

import functools
import inspect
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

from gigaworks.inventory.blueprint import Blueprint, Node, Switch
from gigaworks.inventory.catalog.catalogue import Device, Equipment
from gigaworks.inventory.design.members import SwitchPort, ports_of
from gigaworks.inventory.laws.measure import Measure, quantity, worst_first
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.problem import Place, Problem


@dataclass(frozen=True)
class Standing:
    """A device in a rack, with its type and what was declared of it."""

    name: str
    kind: Literal["node", "switch"]
    designed: Node | Switch
    device: Device
    noun: Noun
    feeds: list[str]

    @property
    def draw_kw(self) -> float | None:
        """Maximum draw in kW under its power cap; None is unknown."""
        return self.designed.draw_kw

    @functools.cached_property
    def inlets(self) -> dict[str, int]:
        """How many power inlets are plugged into each feed: inlet i into feed i mod n; a busbar hangs on every feed."""
        found: dict[str, int] = defaultdict(int)
        for n in range(len(self.device.type.power_ports) or len(self.feeds) if self.feeds else 0):
            found[self.feeds[n % len(self.feeds)]] += 1
        return dict(found)


TIERS = ("leaf", "spine", "core")  # from below; nodes lie below them all


@dataclass
class Wired:
    """What is plugged into a switch: cables to what lies below, to what lies above, and between two of its tier."""

    down: int = 0
    up: int = 0
    across: int = 0
    down_mbit: int = 0
    up_mbit: int = 0


@dataclass(frozen=True)
class Case:
    """What laws judge."""

    blueprint: Blueprint
    site: Site

    @functools.cached_property
    def wired(self) -> dict[str, Wired]:
        """What is plugged into each switch."""
        rank = {name: TIERS.index(switch.tier) for name, switch in self.blueprint.switches.items()}
        found = {name: Wired() for name in self.blueprint.switches}
        for cable in self.blueprint.cables:
            one, other, speed = cable.a.device, cable.b.device, cable.speed_mbit_s or 0
            low, high = rank.get(one, -1), rank.get(other, -1)
            if low > high:
                one, other, low, high = other, one, high, low
            if low == high:  # two of a tier, or two that are no switch
                for wired in (found[one], found[other]) if low >= 0 else ():
                    wired.across += 1
                continue
            above = found[other]
            above.down += 1
            above.down_mbit += speed
            if low >= 0:
                below = found[one]
                below.up += 1
                below.up_mbit += speed
        return found

    @functools.cached_property
    def _fabrics(self) -> dict[str, dict[int, dict[str, dict[str, list[Switch]]]]]:
        found: dict[str, dict[int, dict[str, dict[str, list[Switch]]]]] = {
            name: {} for name in (*self.site.fabrics, *self.site.networks)
        }
        for name, standing in sorted(self.site.switches.items()):
            switch = self.blueprint.switches[name]
            groups = found[standing.within].setdefault(switch.plane, {})
            groups.setdefault(switch.group, {tier: [] for tier in TIERS})[switch.tier].append(switch)
        return found

    def fabric(self, name: str) -> dict[int, dict[str, dict[str, list[Switch]]]]:
        """Return the switches of a fabric: plane → group → tier → switches by name."""
        return self._fabrics[name]

    @functools.cached_property
    def _ports(self) -> dict[tuple[str, int], list[SwitchPort]]:
        kinds = {(switch.noun.device, switch.noun.breakout) for switch in self.site.switches.values()}
        return {(ref, lanes): ports_of(self.site.catalogue.device(ref), lanes) for ref, lanes in kinds}

    def ports(self, switch: str) -> list[SwitchPort]:
        """Return the ports of a switch that a fabric may use, after breakout."""
        noun = self.site.switches[switch].noun
        return self._ports[noun.device, noun.breakout]

    @functools.cached_property
    def inside(self) -> dict[str, list[Standing]]:
        """Every device by the key of its rack, from the bottom up."""
        found: dict[str, list[Standing]] = {key: [] for key in self.blueprint.racks}
        for name, node in self.blueprint.nodes.items():
            found[node.rack].append(self._standing(name, "node", node, self.site.nodes[name].noun))
        for name, switch in self.blueprint.switches.items():
            found[switch.rack].append(self._standing(name, "switch", switch, self.site.switches[name].noun))
        return {key: sorted(devices, key=lambda d: (d.designed.position, d.name)) for key, devices in found.items()}

    def equipment(self, rack: str) -> list[Equipment]:
        """Return what a rack holds because of its type, from the bottom up."""
        return self.site.catalogue.equipment(self.site.racks[rack].noun.type)

    def _standing(self, name: str, kind: Literal["node", "switch"], designed: Node | Switch, noun: Noun) -> Standing:
        device = self.site.catalogue.device(designed.device)
        if device is None:
            raise LookupError(designed.device)
        return Standing(name, kind, designed, device, noun, self.site.feeds[name])


Check = Callable[[Case], Iterable[Problem | Measure]]


@dataclass(frozen=True)
class Law:
    """A law: its id of the domain's table, its title, and the function whose docstring explains it.

    The function yields what it measures, and a problem for each measure that is broken.
    """

    id: str
    title: str
    check: Check

    @property
    def explanation(self) -> str:
        """Formula, units and source."""
        return inspect.getdoc(self.check) or ""

    def findings(self, case: Case) -> list[Problem]:
        """Return what is broken."""
        return [found for found in self.check(case) if isinstance(found, Problem)]

    def measures(self, case: Case) -> list[Measure]:
        """Return every figure that the law looked at with its limit, the most strained first."""
        return worst_first(found for found in self.check(case) if isinstance(found, Measure))


LAWS: dict[str, Law] = {}


def law(identity: str, title: str) -> Callable[[Check], Check]:
    """Enter a function in the book of laws."""

    def enter(check: Check) -> Check:
        LAWS[identity] = Law(identity, title, check)
        return check

    return enter


def finding(
    identity: str, subject: str, summary: str, detail: str, fix: str, where: Place,
    severity: Literal["error", "warning"] = "error",
) -> Problem:  # fmt: skip
    """Return what a law found; ``subject`` is ``kind/key``, as `gigaworks show` takes it."""
    return Problem(summary, detail, fix, where, severity, identity, subject)


def power_place(case: Case, key: str) -> Place:
    """Return where a power device is declared; for a rack's tap, where the rack says how large it is."""
    if key in case.site.power:
        return case.site.power[key].noun.at()
    return case.site.racks[key.rpartition("-tap-")[0]].noun.at("tap")


def count(number: int, thing: str, several: str = "") -> str:
    """Return ``1 node``, ``2 nodes``; ``several`` is the plural where it is no mere s."""
    return f"{number:,} {thing if number == 1 else several or f'{thing}s'}"


def kw(value: float) -> str:
    """Return kW as people read it: 6.84 kW, 40.8 kW, 1,250 kW."""
    return quantity(value, "kW")
