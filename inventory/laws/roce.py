"""RoCE: lossless from host to host, or not at all."""

from __future__ import annotations

from collections.abc import Iterator

from gigaworks.inventory.laws.law import Case, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.model.qos import QosMapsNoun, QosNoun
from gigaworks.inventory.problem import Problem

LINKS = ("host priority", "priority group", "PFC", "ECN")


@law("NET-12", "RoCE is one lossless chain")
def roce_is_one_chain(case: Case) -> Iterator[Problem | Measure]:
    """Host DSCP → traffic class → priority group and queue → PFC → ECN, on every hop: the priority that hosts pause is
    the class of their DSCP, that class has a priority group of the same number, PFC pauses it and ECN marks its queue.

    Judged where a fabric declares `qos`. Maps that are not written are SONiC's stock ones (sonic-buildimage,
    qos_config.j2), which put DSCP 26 into class 1, lossy: only classes 3 and 4 are lossless there. A switch with `qos`
    of its own is judged by it.
    """
    for name, fabric in case.site.fabrics.items():
        if fabric.qos is None:
            continue
        hops = [s for s in case.site.switches.values() if s.within == name]
        for hop in sorted(hops, key=lambda s: s.name):
            maps = hop.noun.qos or fabric.qos
            way, breaks = _follow(fabric.qos, maps)
            yield Measure(f"switch/{hop.name}", way, len(LINKS) - len(breaks), len(LINKS), "links hold", least=True)
            if breaks:
                where = (hop.noun if hop.noun.qos else fabric).at("qos")
                fix = _fix(fabric.qos, maps)
                yield finding(
                    "NET-12", f"switch/{hop.name}", "loses RoCE packets", f"{way}; {', '.join(breaks)}", fix, where
                )


def _follow(host: QosNoun, maps: QosMapsNoun) -> tuple[str, list[str]]:
    """Return the way of a packet through a switch, and what breaks the chain."""
    tc = maps.traffic_class(host.dscp)
    group, queue = maps.priority_group(tc), maps.queue(tc)
    breaks = []
    if host.priority != tc:
        breaks.append(f"hosts pause priority {host.priority}, not {tc}")
    if group != tc:
        breaks.append(f"class {tc} shares priority group {group}")
    if tc not in maps.pfc:
        breaks.append(f"PFC pauses {_listed(maps.pfc)}, so class {tc} is lossy")
    if queue not in maps.ecn:
        breaks.append(f"ECN marks {_listed(maps.ecn)}, not queue {queue}")
    return f"DSCP {host.dscp} > TC {tc} > PG {group}, queue {queue}", breaks


def _listed(numbers: list[int]) -> str:
    return " and ".join(str(n) for n in numbers) or "nothing"


def _fix(host: QosNoun, maps: QosMapsNoun) -> str:
    if host.priority in maps.pfc and host.priority in maps.ecn and maps.traffic_class(host.dscp) != host.priority:
        return f'`dscp_to_tc: {{"{host.dscp}": {host.priority}}}`, or a `dscp` that is in class {host.priority}'
    return f"one class all the way: `priority`, `tc_to_pg`, `tc_to_queue`, `pfc` and `ecn` with {host.priority}"
