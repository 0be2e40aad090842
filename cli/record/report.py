"""What the HTML report holds: a plain picture of the site, ready for its template."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from gigaworks.cli.record.diff import Totals, totals
from gigaworks.cli.record.ledger import Entry, Verdict
from gigaworks.cli.record.results import Evidence, NodeStatus, SiteStatus
from gigaworks.inventory.blueprint import Blueprint, Node, Rack
from gigaworks.inventory.problem import Problem
from gigaworks.inventory.ranges import natural


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a rack; ``bottom`` counts units from 0, both in the rack's unit."""

    name: str
    kind: str  # node, switch, pdu
    bottom: float | None  # None stands beside the units
    height: float
    state: str = ""


class Elevation(msgspec.Struct, frozen=True, kw_only=True):
    """A rack as it is seen from the front, the top first."""

    key: str
    rack: Rack
    slots: list[Slot]


class Load(msgspec.Struct, frozen=True, kw_only=True):
    """A power or cooling device with what it carries; ``share`` is of what it can, None is unknown."""

    name: str
    kind: str
    depth: int
    load_kw: float
    usable_kw: float | None
    note: str = ""

    @property
    def share(self) -> float | None:
        """Load in percent of what can be carried."""
        return 100 * self.load_kw / self.usable_kw if self.usable_kw else None


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """Cables between two devices of the fabric, and how many."""

    a: str
    b: str
    cables: int


class NodeSheet(msgspec.Struct, frozen=True, kw_only=True):
    """A node with its state and evidence."""

    node: Node
    status: NodeStatus | None
    evidence: list[Evidence]


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page, in its order."""

    blueprint: Blueprint
    totals: Totals
    status: SiteStatus | None
    halls: dict[str, dict[str, list[Elevation]]]  # hall → row → racks
    power: list[Load]
    cooling: list[Load]
    tiers: dict[str, list[str]]  # spine, leaf, node → names
    links: list[Link]
    nodes: list[NodeSheet]
    findings: list[Problem]
    ledger: list[Entry]
    verdict: Verdict


def build(
    blueprint: Blueprint, status: SiteStatus | None, findings: list[Problem], ledger: list[Entry], verdict: Verdict
) -> Report:
    """Return the report of a site; pure."""
    states = {node.name: node for node in status.nodes} if status else {}
    return Report(
        blueprint=blueprint,
        totals=totals(blueprint),
        status=status,
        halls=_halls(blueprint, states),
        power=list(_power(blueprint)),
        cooling=[
            Load(
                name=key,
                kind=device.kind,
                depth=1 if device.loop else 0,
                load_kw=device.load_kw,
                usable_kw=device.capacity_kw,
                note=f"{device.supply_c:g} °C" if device.supply_c is not None else "",
            )
            for key, device in blueprint.cooling.items()
        ],
        tiers=_tiers(blueprint),
        links=_links(blueprint),
        nodes=[
            NodeSheet(node=node, status=states.get(name), evidence=states[name].evidence if name in states else [])
            for name, node in blueprint.nodes.items()
        ],
        findings=findings,
        ledger=ledger,
        verdict=verdict,
    )


def _halls(blueprint: Blueprint, states: dict[str, NodeStatus]) -> dict[str, dict[str, list[Elevation]]]:
    inside: dict[str, list[Slot]] = defaultdict(list)
    for node in blueprint.nodes.values():
        state = states[node.name].state if node.name in states else ""
        slot = Slot(name=node.name, kind="node", bottom=node.position - 1, height=node.height, state=state)
        inside[node.rack].append(slot)
    for switch in blueprint.switches.values():
        inside[switch.rack].append(Slot(name=switch.name, kind="switch", bottom=None, height=1))
    for pdu in blueprint.pdus.values():
        inside[pdu.rack].append(Slot(name=pdu.name, kind="pdu", bottom=None, height=0))
    halls: dict[str, dict[str, list[Elevation]]] = {name: {} for name in blueprint.halls}
    for key, rack in blueprint.racks.items():
        slots = sorted(inside[key], key=lambda slot: -(slot.bottom if slot.bottom is not None else -1))
        halls[rack.hall].setdefault(rack.row, []).append(Elevation(key=key, rack=rack, slots=slots))
    return halls


def _power(blueprint: Blueprint) -> Iterator[Load]:
    """Yield the power devices from the utility down; one with two parents stands under its first."""
    below: dict[str, list[str]] = defaultdict(list)
    for key, device in blueprint.power.items():
        if device.parents:
            below[device.parents[0]].append(key)

    def walk(key: str, depth: int) -> Iterator[Load]:
        device = blueprint.power[key]
        rest = ", ".join(device.parents[1:])
        yield Load(
            name=key,
            kind=device.kind,
            depth=depth,
            load_kw=device.load_kw,
            usable_kw=device.usable_kw,
            note=f"also fed by {rest}" if rest else "",
        )
        for child in sorted(below[key], key=natural):
            yield from walk(child, depth + 1)

    for key, device in blueprint.power.items():
        if not device.parents:
            yield from walk(key, 0)


def _tiers(blueprint: Blueprint) -> dict[str, list[str]]:
    switches = blueprint.switches.values()
    tiers = {tier: [switch.name for switch in switches if switch.tier == tier] for tier in ("spine", "leaf")}
    wired = {end.device for cable in blueprint.cables for end in (cable.a, cable.b)}
    return {**tiers, "node": [name for name in blueprint.nodes if name in wired]}


def _links(blueprint: Blueprint) -> list[Link]:
    counted: dict[tuple[str, str], int] = defaultdict(int)
    for cable in blueprint.cables:
        one, other = sorted((cable.a.device, cable.b.device))
        counted[one, other] += 1
    return [Link(a=a, b=b, cables=number) for (a, b), number in sorted(counted.items())]


def fabric_drawing(report: Report, limit: int = 64) -> dict[str, Any]:
    """Return places for a drawing of the fabric: ``points`` name → (x, y), ``lines`` and ``width``, in pixels.

    Nothing is drawn of a fabric with more than ``limit`` devices in a tier: its tables say more.
    """
    widest = max((len(names) for names in report.tiers.values()), default=0)
    if not widest or widest > limit:
        return {}
    width = max(480, widest * 96)
    points = {}
    for level, tier in enumerate(("spine", "leaf", "node")):
        names = report.tiers[tier]
        for number, name in enumerate(names):
            points[name] = (round((number + 0.5) * width / len(names)), 30 + level * 110)
    lines = [(*points[link.a], *points[link.b]) for link in report.links if link.a in points and link.b in points]
    return {"points": points, "lines": lines, "width": width, "height": 290}
