"""Ports of a fabric that stay free for what manages it."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gigaworks.inventory.laws.law import Case, count, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.problem import Problem


@law("NET-7", "ports are kept for fabric managers")
def manager_ports_are_kept(case: Case) -> Iterator[Problem | Measure]:
    """Ports of a fabric's leaves that nothing is plugged into ≥ `manager_ports`: those of UFM or of another subnet or
    fabric manager. They cost as many nodes as they take ports of a rail, rounded up.

    SuperPOD H100, 32 nodes an SU, 8 rails, 4 ports kept: SU 1 to 4 have 31/63/95/127 usable nodes and 252/508/764/1020
    node cables, those of the managers with them (NVIDIA's reference architecture).
    """
    for name, fabric in case.site.fabrics.items():
        if not fabric.manager_ports:
            continue
        leaves = [s for s in case.site.switches.values() if s.within == name and s.noun.tier == "leaf"]
        free = sum(len(case.ports(s.name)) - len(case.blueprint.switches[s.name].ports) for s in leaves)
        yield (kept := Measure(f"fabric/{name}", "leaf ports free", free, fabric.manager_ports, least=True))
        if kept.broken:
            fewer = math.ceil((fabric.manager_ports - free) / fabric.rails)
            kept_for = count(fabric.manager_ports, "port")
            detail = f"{kept_for} are to be kept, {max(free, 0)} are free on {count(len(leaves), 'leaf', 'leaves')}"
            fix = f"{count(fewer, 'node')} fewer, one more leaf for each rail, or other `manager_ports`"
            where = fabric.at("manager_ports")
            yield finding("NET-7", f"fabric/{name}", "has no ports for its managers", detail, fix, where)
