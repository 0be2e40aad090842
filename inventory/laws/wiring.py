"""Cables: whether they fit their ports, reach, and run as the plan says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from gigaworks.inventory.blueprint import Cable, CableEnd
from gigaworks.inventory.cabling import compare
from gigaworks.inventory.catalog.catalogue import Device
from gigaworks.inventory.laws.fabric import gbit
from gigaworks.inventory.laws.law import Case, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.problem import Problem

REACH_M = {"dac": 3, "aoc": 30, "smf": 500}  # IEEE 802.3cd and 802.3ck copper; stock active optics; 802.3bs DR4


_CAGE = "a cage for a module"


class PortKind(NamedTuple):
    """What may be plugged into a port: nominal Mbit/s, and what carries the signal; None and nothing are unknown."""

    mbit_s: int | None
    form: str


@law("NET-6", "cables reach, and fit both ends")
def cables_fit(case: Case) -> Iterator[Problem | Measure]:
    """Length ≤ reach of the media: passive copper 3 m, active optics 30 m, single-mode fibre 500 m. Both ports have the
    same nominal speed and form (twisted pair, or a cage for a module), where both device types tell theirs.

    InfiniBand and Ethernet share a cage, and adapters that speak both are common, so that is not judged.
    """
    kinds: dict[tuple[str, int], dict[str, PortKind]] = {}
    longest: dict[tuple[str, str, str], Cable] = {}
    for cable in case.blueprint.cables:
        here, there = _device(case, cable.a.device), _device(case, cable.b.device)
        ref, one = here.ref, _port(kinds, here, cable.a.port)
        other_ref, other = there.ref, _port(kinds, there, cable.b.port)
        before = longest.setdefault((cable.media, ref, other_ref), cable)
        if before.length_m < cable.length_m:
            longest[cable.media, ref, other_ref] = cable
        if one == other:
            continue
        subject, where = f"cable/{cable.id}", here.noun.at("device")
        if one.mbit_s and other.mbit_s and one.mbit_s != other.mbit_s:
            detail = f"{ref} has {gbit(one.mbit_s)}, {other_ref} has {gbit(other.mbit_s)}"
            fix = "a device or switch of the same port speed, or a `breakout`"
            yield finding("NET-6", subject, "joins two speeds", detail, fix, where)
        if one.form and other.form and one.form != other.form:
            detail = f"{ref} has {one.form}, {other_ref} has {other.form}"
            fix = "a device or switch with the other's ports"
            yield finding("NET-6", subject, "joins two forms", detail, fix, where)
    for (media, ref, other_ref), cable in sorted(longest.items()):
        what = f"longest {media}, {ref} to {other_ref}"
        yield (reach := Measure(f"cable/{cable.id}", what, cable.length_m, REACH_M.get(media), "m"))
        if reach.broken:
            detail = f"from {cable.a} to {cable.b} it is {reach.texts[0]}; {media} reaches {reach.texts[1]}"
            fix = "racks that are nearer to each other, or a switch between them"
            where = _device(case, cable.a.device).noun.at("rack")
            yield finding("NET-6", f"cable/{cable.id}", "is too long for its media", detail, fix, where)


class _End(NamedTuple):
    ref: str
    lanes: int
    device: Device | None
    noun: Noun


def _device(case: Case, name: str) -> _End:
    if name in case.site.nodes:
        noun = case.site.nodes[name].noun
        return _End(noun.device, 1, case.site.catalogue.device(noun.device), noun)
    switch = case.site.switches[name].noun
    return _End(switch.device, switch.breakout, case.site.catalogue.device(switch.device), switch)


def _port(kinds: dict[tuple[str, int], dict[str, PortKind]], end: _End, port: str) -> PortKind:
    """Return the kind of a port after breakout; ``kinds`` keeps what was found."""
    found = kinds.get((end.ref, end.lanes))
    if found is None:
        found = kinds[end.ref, end.lanes] = {
            i.name: PortKind(i.speed_mbit_s // end.lanes if i.speed_mbit_s else None, _form(i.type))
            for i in (end.device.type.interfaces if end.device else [])
        }
    base = port if end.lanes == 1 else port.rpartition("s")[0]
    return found.get(base, PortKind(None, ""))


def _form(kind: str) -> str:
    """Return what carries the signal of a NetBox interface type; nothing where it does not say."""
    if kind.startswith("infiniband"):
        return _CAGE
    _, base, tail = kind.partition("base-")
    if not base:
        return ""
    return "twisted pair" if tail.startswith("t") else _CAGE


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
    cables = [
        c
        for c in case.blueprint.cables
        if c.a.port in built.get(c.a.device, {}) or c.b.port in built.get(c.b.device, {})
    ]
    planned = {(end.device, end.port) for cable in cables for end in (cable.a, cable.b)}
    found = compare(msgspec.structs.replace(case.blueprint, cables=cables), built)
    wrong = sum(len(one.cables) for one in found)
    if built:
        yield Measure("site", f"of {len(cables):,} cables as built, wrong", wrong, 0)
    else:
        yield Measure("site", "cables in the plan, none declared as built", len(case.blueprint.cables))
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
