"""Fabrics: whether there are enough switches and ports, spread evenly, for what is plugged into them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from gigaworks.inventory.blueprint import Switch
from gigaworks.inventory.design.topologies.three_tier import cores_of
from gigaworks.inventory.laws.law import Case, count, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.model.network import FabricNoun
from gigaworks.inventory.problem import Problem


class Joint(NamedTuple):
    """Switches that spread their uplinks over those above: ``each`` has so many uplinks, ``ports`` take them."""

    where: str
    lowers: int
    each: int
    uppers: int
    ports: int


def spines_needed(leaves: int, uplinks: int, radix: int) -> int | None:
    """Return the smallest divisor of ``uplinks`` that is ≥ ceil(leaves · uplinks / radix); None where there is none."""
    least = math.ceil(leaves * uplinks / radix)
    return next((n for n in range(max(least, 1), uplinks + 1) if uplinks % n == 0), None)


def joints(case: Case, name: str, fabric: FabricNoun) -> Iterator[Joint]:
    """Return what a fabric joins: leaves to spines, in each plane and group; below, the cores are judged."""
    for plane, groups in case.fabric(name).items():
        for group, tiers in groups.items():
            leaves, spines = tiers["leaf"], tiers["spine"]
            if leaves and spines:
                inside = f" in {group}" if group else ""
                inside += f" of plane {plane}" if fabric.planes > 1 else ""
                ports = min(len(case.ports(s.name)) - case.wired[s.name].up - case.wired[s.name].across for s in spines)
                yield Joint(inside, len(leaves), case.wired[leaves[0].name].up, len(spines), ports)


@law("NET-1", "switches spread their uplinks evenly over enough of those above")
def size(case: Case) -> Iterator[Problem | Measure]:
    """Two tiers, E endpoints, radix r, d ports down and u up: leaf = ceil(E/d); spine = the smallest divisor of u that
    is ≥ ceil(leaf · u / r), so that each leaf spreads its uplinks evenly. The same inside a pod or group, where r is
    what a spine has left for leaves. Three tiers at 1:1: leaf = E/(r/2), spine = leaf, core = leaf/2, a core for each
    spine of a pod or a multiple of that. Dragonfly+: a global link between every two groups.

    SuperPOD H100, 32 nodes an SU, radix 64: SU 1 to 4 have 8/16/24/32 leaves and 4/8/16/16 spines. SuperPOD B200 of
    16, 32 and 64 SU: 128/256/512 leaves, as many spines, 64/128/256 cores (both NVIDIA's reference architectures).
    """
    for name, fabric in case.site.fabrics.items():
        for joint in joints(case, name, fabric):
            yield from _two_tiers(name, fabric, joint)
        if fabric.topology == "three-tier":
            yield from _cores(case, name, fabric)
        if fabric.topology == "dragonfly+":
            yield from _groups(case, name, fabric)


def _two_tiers(name: str, fabric: FabricNoun, joint: Joint) -> Iterator[Problem | Measure]:
    if joint.ports <= 0:
        detail = f"the spines{joint.where} have no ports left for leaves"
        fix = "fewer `global_links` or `spine_uplinks`, or more spines"
        yield finding("NET-1", f"fabric/{name}", "has no ports for leaves", detail, fix, fabric.at("switches"))
        return
    need = spines_needed(joint.lowers, joint.each, joint.ports)
    least = joint.each + 1 if need is None else need
    yield (enough := Measure(f"fabric/{name}", f"spines{joint.where}", joint.uppers, least, least=True))
    if enough.broken:
        wanted = f"{need} spines" if need else f"more than {joint.each} spines"
        detail = (
            f"{joint.lowers} leaves{joint.where} with {joint.each} uplinks need {wanted} of {joint.ports} "
            f"ports; it has {joint.uppers}"
        )
        fix = f"`spine-[1-{need}]`" if need else "fewer uplinks, or switches with more ports"
        yield finding("NET-1", f"fabric/{name}", "has too few spines", detail, fix, fabric.at("switches"))
    elif joint.each % joint.uppers:
        detail = f"{joint.each} uplinks{joint.where} do not spread evenly over {joint.uppers} spines"
        fix = f"`uplinks: {math.ceil(joint.each / joint.uppers) * joint.uppers}`"
        yield finding("NET-1", f"fabric/{name}", "has uneven uplinks", detail, fix, fabric.at("uplinks"))


def _cores(case: Case, name: str, fabric: FabricNoun) -> Iterator[Problem | Measure]:
    for groups in case.fabric(name).values():
        pods = [tiers["spine"] for tiers in groups.values() if tiers["spine"]]
        cores = [core for tiers in groups.values() for core in tiers["core"]]
        spines = [spine for pod in pods for spine in pod]
        if not cores or not spines:
            detail = "three tiers are leaves, spines and cores"
            what = "cores" if spines else "spines"
            yield finding("NET-1", f"fabric/{name}", f"has no {what}", detail, f"add {what}", fabric.at("switches"))
            continue
        links = sum(case.wired[spine.name].up for spine in spines)
        ports = min(len(case.ports(core.name)) for core in cores)
        need, width = math.ceil(links / ports) if ports else len(cores) + 1, max(len(pod) for pod in pods)
        yield (enough := Measure(f"fabric/{name}", "cores", len(cores), need, least=True))
        if enough.broken:
            whole = math.ceil(need / width) * width if need > width else need
            detail = f"{len(spines)} spines have {links:,} uplinks: {need} cores of {ports} ports; it has {len(cores)}"
            yield finding(
                "NET-1", f"fabric/{name}", "has too few cores", detail, f"`core-[1-{whole}]`", fabric.at("switches")
            )
            continue
        reached = len(cores_of(cores, 0, width))
        up = case.wired[spines[0].name].up
        if apart := len(cores) % width if len(cores) >= width else 0:
            detail = f"{len(cores)} cores do not spread evenly over the {width} spines of a pod"
            fix = f"{len(cores) - apart + width} cores"
            yield finding("NET-1", f"fabric/{name}", "has uneven cores", detail, fix, fabric.at("switches"))
        elif up % reached:
            detail = f"{up} uplinks of a spine do not spread evenly over {reached} cores"
            fix = f"`spine_uplinks: {math.ceil(up / reached) * reached}`"
            yield finding("NET-1", f"fabric/{name}", "has uneven uplinks", detail, fix, fabric.at("spine_uplinks"))


def _groups(case: Case, name: str, fabric: FabricNoun) -> Iterator[Problem | Measure]:
    for groups in case.fabric(name).values():
        bare = sorted(group for group, tiers in groups.items() if not tiers["spine"])
        yield Measure(f"fabric/{name}", "groups without a spine", len(bare), 0)
        if bare:
            detail = f"{' and '.join(bare)} has no spine, so no way to the other groups"
            yield finding("NET-1", f"fabric/{name}", "has a group apart", detail, "add spines", fabric.at("switches"))


@law("NET-2", "no more endpoints than the switches can join without blocking")
def non_blocking_size(case: Case) -> Iterator[Problem | Measure]:
    """A non-blocking two-tier fabric of radix r joins at most r²/2 endpoints, a three-tier one r³/4, in each plane.

    r = 64: 2,048 and 65,536; r = 128: 8,192 and 524,288. Judged where the fabric is declared 1:1. A scale-up domain
    joins no more accelerators than its device types say: 72 in NVL72.
    """
    yield from _domains(case)
    for name, fabric in case.site.fabrics.items():
        if fabric.oversubscription > 1 or fabric.topology == "dragonfly+":
            continue
        for plane, groups in case.fabric(name).items():
            leaves = [leaf for tiers in groups.values() for leaf in tiers["leaf"]]
            radix = min((len(case.ports(leaf.name)) for leaf in leaves), default=0)
            tiers, most = ("two", radix**2 // 2) if fabric.topology == "two-tier" else ("three", radix**3 // 4)
            ends = sum(case.wired[leaf.name].down for leaf in leaves)
            where = f" in plane {plane}" if fabric.planes > 1 else ""
            yield (joined := Measure(f"fabric/{name}", f"endpoints{where}, radix {radix}", ends, most))
            if joined.broken:
                detail = f"{ends:,} endpoints{where}; {tiers} tiers of radix {radix} join {most:,} at 1:1"
                more = "three tiers, " if tiers == "two" else ""
                fix = f"switches of a larger radix, several planes, {more}or a declared `oversubscription`"
                what = f"is too large for {tiers} tiers"
                yield finding("NET-2", f"fabric/{name}", what, detail, fix, fabric.at("switches"))


def _domains(case: Case) -> Iterator[Problem | Measure]:
    for rack, domain in case.blueprint.domains.items():
        joined = Measure(f"rack/{rack}", "accelerators of its NVLink domain", domain.accelerators, domain.most)
        yield joined
        if joined.broken:
            nodes = count(len(domain.nodes), "node")
            detail = f"{domain.accelerators} accelerators in {nodes}; {domain.tray} joins {domain.most}"
            where = case.site.racks[rack].noun.at("type")
            yield finding("NET-2", f"rack/{rack}", "is too large an NVLink domain", detail, "fewer nodes in it", where)


@law("NET-3", "no switch is oversubscribed more than declared")
def oversubscription(case: Case) -> Iterator[Problem | Measure]:
    """Σ speed of a switch's ports to what lies below / Σ speed of its uplinks ≤ the declared oversubscription.

    It is 1.0 by default, and holds for leaves and for the spines of a pod.
    """
    for name, fabric in case.site.fabrics.items():
        for switch in _below(case, name):
            wired = case.wired[switch.name]
            if not wired.up_mbit:
                continue
            ratio = wired.down_mbit / wired.up_mbit
            yield (over := Measure(f"switch/{switch.name}", "down to up", ratio, fabric.oversubscription, ": 1"))
            if over.broken:
                declared = f"declared {fabric.oversubscription:g}:1"
                detail = f"{gbit(wired.down_mbit)} down, {gbit(wired.up_mbit)} up: {ratio:.2f}:1; {declared}"
                fix = f"more uplinks, fewer nodes, or `oversubscription: {math.ceil(ratio)}`"
                where = fabric.at("oversubscription")
                yield finding("NET-3", f"switch/{switch.name}", "is oversubscribed", detail, fix, where)


def _below(case: Case, name: str) -> Iterator[Switch]:
    for groups in case.fabric(name).values():
        for tiers in groups.values():
            yield from tiers["leaf"]
            yield from tiers["spine"]


@law("NET-4", "each rail has its leaf")
def rails_have_leaves(case: Case) -> Iterator[Problem | Measure]:
    """NIC k of every node of a scalable unit goes to the leaf of rail k: the leaves come in groups of one a rail.

    The same in every plane: planes that differ in their leaves would leave NIC ports without a place.
    """
    for name, fabric in case.site.fabrics.items():
        planes = {
            plane: {group: len(tiers["leaf"]) for group, tiers in groups.items() if tiers["leaf"]}
            for plane, groups in case.fabric(name).items()
        }
        for group, leaves in sorted({item for groups in planes.values() for item in groups.items()}):
            inside = f" in {group}" if group else ""
            yield Measure(
                f"fabric/{name}", f"leaves{inside} beyond whole groups of {fabric.rails}", leaves % fabric.rails, 0
            )
            if leaves % fabric.rails:
                detail = f"{leaves} leaves{inside} and {fabric.rails} rails"
                fix = f"{math.ceil(leaves / fabric.rails) * fabric.rails} leaves, or other `rails`"
                yield finding("NET-4", f"fabric/{name}", "has rails without a leaf", detail, fix, fabric.at("rails"))
        sums = {plane: sum(groups.values()) for plane, groups in planes.items()}
        if len(set(sums.values())) > 1:
            detail = ", ".join(f"plane {plane} has {count(leaves, 'leaf', 'leaves')}" for plane, leaves in sums.items())
            fix = f"{max(sums.values())} leaves in each"
            yield finding("NET-4", f"fabric/{name}", "has uneven planes", detail, fix, fabric.at("planes"))


@law("NET-5", "switches have the ports that are used")
def ports_suffice(case: Case) -> Iterator[Problem | Measure]:
    """Ports used, after breakout, ≤ the platform's ports. SN5600: 64 OSFP."""
    for name, switch in case.blueprint.switches.items():
        noun = case.site.switches[name].noun
        have, used = len(case.ports(name)), len(switch.ports)
        names = {port.name for port in switch.ports}
        yield Measure(f"switch/{name}", "ports used", used, have)
        if used > have or len(names) < used or any(port.startswith("missing") for port in names):
            detail = f"needs {used} ports, {noun.device} has {have}"
            fix = "one more leaf for each rail, fewer uplinks, a `breakout`, or a device with more ports"
            yield finding("NET-5", f"switch/{name}", "has too few ports", detail, fix, noun.at("device"))


def gbit(mbit: int) -> str:
    """Return a speed as people read it."""
    return f"{mbit / 1000:g} Gbit/s"
