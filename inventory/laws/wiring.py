"""Cables: whether they run as the plan says."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gigaworks.inventory.blueprint import CableEnd
from gigaworks.inventory.cabling import compare
from gigaworks.inventory.laws.law import Case, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.problem import Problem


@law("NET-14", "cables run as the plan says")
def cables_run_as_planned(case: Case) -> Iterator[Problem | Measure]:
    """What the cabling contractor delivered (`hardware: NODE: links: {PORT: SWITCH PORT}`) equals the cable plan:
    nothing missing, no wrong port, no swapped pair.

    What the machines themselves see is compared by `gigaworks drift`, by LLDP on Ethernet; both compare in the same
    way (`inventory/cabling.py`).
    """
    built = {
        name: {port: _end(link) for port, link in hardware.links.items()}
        for name, hardware in case.site.hardware.items()
        if hardware.links
    }
    if not built:
        yield Measure("site", "cables in the plan, none declared as built", len(case.blueprint.cables))
        return
    cables = [
        c
        for c in case.blueprint.cables
        if c.a.port in built.get(c.a.device, {}) or c.b.port in built.get(c.b.device, {})
    ]
    planned = {(end.device, end.port) for cable in cables for end in (cable.a, cable.b)}
    found = compare(msgspec.structs.replace(case.blueprint, cables=cables), built)
    wrong = sum(len(one.cables) for one in found)
    yield Measure("site", f"of {len(cables):,} cables as built, wrong", wrong, 0)
    for one in found:
        device, _, port = one.at.partition(" and ")[0].partition(" ")
        where = case.site.hardware[device].item_at("links", port)
        detail = f"{one.at}: the plan says {one.declared}, built is {one.observed}"
        summary = {"swapped": "is swapped with another", "wrong": "runs elsewhere"}.get(one.kind, f"is {one.kind}")
        fix = "plug it where the label says, or correct `links`"
        yield finding("NET-14", f"cable/{one.cables[0]}", summary, detail, fix, where)
    for device, links in sorted(built.items()):
        for port in sorted(port for port in links if (device, port) not in planned):
            detail = f"{device} {port}: built to {links[port]}, the plan has no cable there"
            where = case.site.hardware[device].item_at("links", port)
            yield finding("NET-14", f"node/{device}", "has a cable too many", detail, "remove it from `links`", where)


def _end(link: str) -> CableEnd:
    device, _, port = link.partition(" ")
    return CableEnd(device, port)
