"""How many more racks fit, and what stops the next one.

What one more rack takes of each resource is what the laws measure on a site that holds nothing but that rack. The
figures give the most that can fit; then so many are declared, designed and judged by the laws themselves, and where a
law finds something new, fewer are tried: the answer is never more than the laws allow.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import msgspec

from gigaworks.inventory.capacity.figures import Figure, Key, figures
from gigaworks.inventory.capacity.more import alone, bare, more, original
from gigaworks.inventory.design.design import design
from gigaworks.inventory.design.numbers import Allocations
from gigaworks.inventory.laws import LAWS
from gigaworks.inventory.laws.law import Case
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.problem import Problem
from gigaworks.inventory.ranges import natural

MOST = 1000  # racks of a kind; beyond it the answer is "or more"
FAMILIES = ("PWR", "SPA", "COOL", "NET")  # of laws: what a rack more can break


class Room(msgspec.Struct, frozen=True, kw_only=True):
    """A resource that a kind of rack takes: ``each`` of it a rack, so that ``fits`` more racks find room in it."""

    figure: Figure
    each: float
    fits: int | None  # None: nobody declared the limit


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """Racks that contain the same; those of one ``place`` stand alike, too: same hall, feeds and cooling."""

    contents: dict[str, int]  # device → how many
    rack_type: str
    places: list[list[str]]  # rack keys


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """How many more racks of a kind fit, and what stops the next one."""

    kind: Kind
    draw_kw: float
    unknown_draws: int  # devices of a rack: fits is then the most that may fit
    more: dict[str, int]  # rack → how many more like it
    rooms: list[Room]  # what a rack takes, the scarcest first; of several places the one with most room
    stops: list[Room]  # what is used up then, place by place
    findings: list[Problem] = []  # what the laws find on one more, where they find it before a resource is used up

    @property
    def fits(self) -> int:
        """How many fit in all."""
        return sum(self.more.values())


@dataclass(frozen=True)
class Capacity:
    """The questions that can be asked of a designed site."""

    case: Case
    allocations: Allocations

    @cached_property
    def kinds(self) -> list[Kind]:
        """Every kind of rack that holds nodes and no switch: racks of switches grow with their fabric."""
        site = self.case.site
        skip = {switch.rack for switch in self.case.blueprint.switches.values()}
        kinds: dict[tuple[object, ...], dict[tuple[object, ...], list[str]]] = {}
        for key in sorted(self.case.inside, key=natural):
            rack, nodes = site.racks[key], self.case.inside[key]
            if nodes and key not in skip:
                contents = Counter((node.designed.device, node.draw_kw, *node.feeds) for node in nodes)
                what = (rack.noun.type, tuple(sorted((n.designed.device, n.draw_kw) for n in nodes)))
                place = (rack.hall, rack.noun.tap, rack.noun.leg, site.cooled_by.get(key), *site.feeds[key])
                alike = kinds.setdefault(what, {}).setdefault((*place, frozenset(contents.items())), [])
                alike.append(key)
        return [self._kind(list(places.values())) for places in kinds.values()]

    def _kind(self, places: list[list[str]]) -> Kind:
        like = places[0][0]
        contents = Counter(device.designed.device for device in self.case.inside[like])
        rack_type = self.case.site.racks[like].noun.type
        return Kind(contents=dict(sorted(contents.items())), rack_type=rack_type, places=places)

    def like(self, rack: str) -> Kind | None:
        """Return the kind of one rack with the racks that stand like it alone; None where more of it make no sense."""
        places = [place for kind in self.kinds for place in kind.places if rack in place]
        return self._kind([[rack, *(key for key in place if key != rack)] for place in places]) if places else None

    def fits(self, kind: Kind) -> Answer:
        """Return how many more racks of a kind fit where those of its kind stand, one place filled after the other."""
        left = {key: figure.usable - figure.used for key, figure in self._have.items() if figure.usable is not None}
        counts: dict[str, int] = {}
        first: list[list[Room]] = []
        stops: dict[tuple[str, str, str], Room] = {}
        for place in kind.places:
            takes = self._takes(place[0])
            first.append(self._rooms(takes, left))
            count = min((room.fits for room in first[-1] if room.fits is not None), default=MOST)
            counts[place[0]] = min(count, MOST - sum(counts.values()))
            for key in takes.keys() & left.keys():
                left[key] -= counts[place[0]] * takes[key]
            stops |= {room.figure.key: room for room in self._rooms(takes, left) if room.fits == 0}
        counts, findings = self._judge(counts)
        rack = self.case.blueprint.racks[kind.places[0][0]]
        return Answer(
            kind=kind, draw_kw=rack.draw_kw, unknown_draws=rack.unknown_draws, more=counts,
            rooms=max(first, key=lambda rooms: rooms[0].fits or 0), stops=list(stops.values()), findings=findings,
        )  # fmt: skip

    def _rooms(self, takes: Mapping[Key, float], left: Mapping[Key, float]) -> list[Room]:
        """Return every resource that a rack takes, the scarcest first."""
        found = []
        for key, each in takes.items():
            if each > 0 and key in self._have:
                fits = math.floor(max(left[key], 0) / each + 1e-9) if key in left else None
                found.append(Room(figure=self._have[key], each=each, fits=fits))
        return sorted(found, key=lambda room: (room.fits is None, room.fits or 0, room.figure.key))

    def _takes(self, rack: str) -> dict[Key, float]:
        """Return what a rack takes of each resource."""
        lone = _designed(alone(self.case.site, rack))
        takes = {key: figure.used - self._nothing.get(key, 0.0) for key, figure in figures(lone).items()}
        joins = self.case.site.joins
        nics = [(joins[name].get(nic.fabric), nic) for name, node in lone.blueprint.nodes.items() for nic in node.nics]
        for name in self.case.site.fabrics:
            ours = [nic for fabric, nic in nics if fabric == name]
            takes["NET-5", f"fabric/{name}", "ports"] = len(ours)
            takes["NET-3", f"fabric/{name}", "uplinks"] = sum(nic.speed_mbit_s or 0 for nic in ours) / 1000
            takes["NET-8", f"network/{name}", "addresses"] = 2 * len(ours)  # a link is a /31
        return takes

    @cached_property
    def _nothing(self) -> dict[Key, float]:
        """What is used where there is no rack: by figures that do not grow with racks."""
        return {key: figure.used for key, figure in figures(_designed(bare(self.case.site))).items()}

    @cached_property
    def _have(self) -> dict[Key, Figure]:
        return figures(self.case)

    def _judge(self, counts: dict[str, int]) -> tuple[dict[str, int], list[Problem]]:
        """Return the most of ``counts`` that brings no new finding, and what one more would bring if that was tried."""
        low, high, findings = 0, sum(counts.values()) + 1, list[Problem]()
        middle = high - 1
        while high - low > 1:
            new = self.found(_first(counts, middle))
            low, high, findings = (low, middle, new) if new else (middle, high, findings)
            middle = (low + high) // 2
        return _first(counts, low), findings

    def found(self, counts: Mapping[str, int]) -> list[Problem]:
        """Return what the laws find on the site with so many more racks and do not find on the site as it is."""
        found = _findings(_designed(more(self.case.site, counts), self.allocations))
        return [problem for problem in found if _about(problem) not in self._known] if found else []

    @cached_property
    def _known(self) -> set[tuple[str, str, str]]:
        return {_about(problem) for problem in _findings(self.case)}


def _first(counts: Mapping[str, int], number: int) -> dict[str, int]:
    """Return the first ``number`` racks of ``counts``, in its order."""
    kept = {}
    for rack, count in counts.items():
        kept[rack] = min(count, number)
        number -= kept[rack]
    return kept


def _designed(site: Site, allocations: Allocations | None = None) -> Case:
    return Case(design(site, allocations or Allocations())[0], site)


def _findings(case: Case) -> list[Problem]:
    laws = [law for law in LAWS.values() if law.id.partition("-")[0] in FAMILIES]
    return [problem for law in laws for problem in law.findings(case)]


def _about(problem: Problem) -> tuple[str, str, str]:
    """Return what a finding is about; what is wrong with a copy is what is wrong with its original."""
    return problem.id, problem.summary, original(problem.subject)
