"""What the HTML report holds: pictures of the site, and a table of everything that can be looked at in it."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import msgspec

from gigaworks.cli.record.diff import Totals, totals
from gigaworks.cli.record.ledger import Entry, Verdict
from gigaworks.cli.record.pictures.cooling import HallCooling, cooling
from gigaworks.cli.record.pictures.elevation import Elevation, elevations
from gigaworks.cli.record.pictures.fabric import Fabric, fabrics
from gigaworks.cli.record.pictures.floor import Floor, floor
from gigaworks.cli.record.pictures.power import Level, one_line
from gigaworks.cli.record.pictures.tree import Branch
from gigaworks.cli.record.results import NodeStatus, SiteStatus
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.problem import Problem


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """Everything on the page, in its order; ``tables`` is what a reader drills down into."""

    blueprint: Blueprint
    totals: Totals
    status: SiteStatus | None
    states: dict[str, int]
    halls: list[Floor]
    power: list[Branch[Level]]
    cooling: list[HallCooling]
    fabrics: list[Fabric]
    findings: list[Problem]
    waived: list[Problem]
    ledger: list[Entry]
    verdict: Verdict
    tables: dict[str, Any]


def build(
    blueprint: Blueprint, status: SiteStatus | None, findings: list[Problem], ledger: list[Entry], verdict: Verdict
) -> Report:
    """Return the report of a site; pure."""
    nodes = {node.name: node for node in status.nodes} if status else {}
    states = {name: node.state for name, node in nodes.items()}
    halls = [floor(blueprint, name, states) for name in blueprint.halls]
    return Report(
        blueprint=blueprint,
        totals=totals(blueprint),
        status=status,
        states=dict(sorted(Counter(states.values()).items())),
        halls=halls,
        power=one_line(blueprint),
        cooling=cooling(blueprint),
        fabrics=list(fabrics(blueprint).values()),
        findings=[problem for problem in findings if not problem.waived],
        waived=[problem for problem in findings if problem.waived],
        ledger=ledger,
        verdict=verdict,
        tables=_tables(blueprint, nodes, halls),
    )


def _tables(blueprint: Blueprint, nodes: dict[str, NodeStatus], halls: list[Floor]) -> dict[str, Any]:
    """Return halls with their rows, racks with what stands in them, nodes and switches with what they are.

    Rows of a table carry no field names: those stand once, in ``fields``. Evidence is told by the number of its check.
    """
    checks: dict[tuple[str, str, str], int] = {}
    sides = elevations(blueprint, set(blueprint.racks), {name: node.state for name, node in nodes.items()})
    wired: dict[str, dict[str, tuple[str, str]]] = defaultdict(dict)
    for cable in blueprint.cables:
        for here, there in ((cable.a, cable.b), (cable.b, cable.a)):
            wired[here.device][here.port] = (str(there), cable.id)
    return {
        "fields": {"rack": _RACK, "slot": _SLOT, "node": _NODE, "nic": _NIC, "switch": _SWITCH},
        "halls": {
            it.hall.name: {
                "it_kw": it.hall.it_kw,
                "draw_kw": it.draw_kw,
                "unknown": it.unknown,
                "accelerators": it.accelerators,
                "rows": {row.name: [spot.key for spot in row.spots] for row in it.rows},
            }
            for it in halls
        },
        "racks": {
            spot.key: _rack(sides[spot.key], spot.width_mm, spot.accelerators, spot.states)
            for it in halls
            for row in it.rows
            for spot in row.spots
        },
        "nodes": {name: _node(blueprint, name, nodes.get(name), wired[name], checks) for name in blueprint.nodes},
        "switches": {name: _switch(blueprint, name, wired[name]) for name in blueprint.switches},
        "checks": [list(check) for check in checks],
    }


_RACK = [
    "hall", "row", "slot", "type", "height", "unit", "draw_kw", "max_kw", "unknown", "weight_kg", "max_kg", "cooling",
    "where", "width_mm", "accelerators", "states", "unweighed", "slots", "pdus",
]  # fmt: skip
_SLOT = ["name", "kind", "device", "bottom", "height", "draw_kw", "state", "airflow", "full_depth", "inlets", "cables"]


def _rack(it: Elevation, width_mm: float, accelerators: int, states: dict[str, int]) -> list[Any]:
    rack = it.rack
    return [
        rack.hall, rack.row, rack.slot, rack.type, rack.height, rack.unit, rack.draw_kw, rack.max_kw,
        rack.unknown_draws, rack.weight_kg, rack.max_kg, rack.cooling, rack.where, width_mm, accelerators, states,
        it.unweighed,
        [[getattr(slot, field) for field in _SLOT] for slot in it.slots],
        [[pdu.name, pdu.feed, pdu.limit_kw, len(pdu.outlets), pdu.bmc.address] for pdu in it.pdus],
    ]  # fmt: skip


_NODE = [
    "rack", "position", "height", "state", "since", "reason", "is", "arch", "serial", "accelerators", "memory_gib",
    "cores", "profile", "draw_kw", "power_cap_w", "bmc", "image", "firmware", "apart", "where", "nics", "evidence",
]  # fmt: skip
_NIC = ["name", "fabric", "address", "mac", "mtu", "peer", "cable"]


def _node(
    blueprint: Blueprint,
    name: str,
    status: NodeStatus | None,
    wired: dict[str, tuple[str, str]],
    checks: dict[tuple[str, str, str], int],
) -> list[Any]:
    node = blueprint.nodes[name]
    sku, it = (
        node.sku,
        status or NodeStatus(name=name, state="", rack=node.rack, position="", arch=node.arch, profile=node.profile),
    )
    evidence = [
        [
            checks.setdefault((one.check, one.expected, one.unit), len(checks)),
            one.observed,
            one.ok,
            one.simulated,
            one.at[:16],
        ]
        for one in it.evidence
    ]
    gpu = sku.accelerators
    return [
        node.rack, node.position, node.height, it.state, it.since[:16], it.reason,
        f"{sku.manufacturer} {sku.model} ({node.device})", node.arch, node.serial or it.serial,
        f"{gpu.count} x {gpu.vendor} {gpu.model}" if gpu else None, sku.memory_gib, sku.cores, node.profile,
        node.draw_kw, node.power_cap_w, node.bmc.address if node.bmc else None, it.image,
        it.firmware, node.failure_domains, node.where,
        [[n.name, n.fabric, n.address, n.mac, n.mtu, *wired.get(n.name, (None, None))] for n in node.nics],
        evidence,
    ]  # fmt: skip


_SWITCH = ["rack", "position", "tier", "fabric", "device", "asn", "loopback", "management", "where", "ports"]


def _switch(blueprint: Blueprint, name: str, wired: dict[str, tuple[str, str]]) -> list[Any]:
    it = blueprint.switches[name]
    ports = [[port.name, port.address, *wired.get(port.name, (port.peer, None))] for port in it.ports]
    return [
        it.rack, it.position, it.tier, it.fabric, it.device, it.asn, it.loopback, it.management.address, it.where, ports
    ]  # fmt: skip
