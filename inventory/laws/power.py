"""Power: ratings, racks, the loss of a feed, parents, paths, the contract."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from gigaworks.inventory.design.power import apparent_kva, tap_name
from gigaworks.inventory.laws.law import Case, count, finding, kw, law, power_place
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.model.power import KINDS
from gigaworks.inventory.model.words import spare_units
from gigaworks.inventory.problem import Problem


@law("PWR-1", "ratings follow from volts and amperes")
def ratings_hold(case: Case) -> Iterator[Problem | Measure]:
    """Three phases: S = √3 · V_LL · I; one phase: S = V · I; P = S · pf; usable = P × derating.

    At 400 V: 16 A are 11.1 kVA, 32 A 22.2, 63 A 43.6, 125 A 86.6. Derating is policy: 0.8 is US NEC for continuous
    load on a breaker, European practice lists 1.0. A declared capacity is not above S; a tap is not above its busway.
    """
    for key, standing in case.site.power.items():
        noun = standing.noun
        if noun.capacity is not None and noun.rating is not None and noun.voltage is not None:
            limit = apparent_kva(noun.voltage, noun.rating, noun.phases or 3)
            yield (declared := Measure(f"power/{key}", "declared capacity", noun.capacity, limit, "kVA"))
            if declared.broken:
                claims, gives = declared.texts
                detail = f"declared {claims}; {noun.voltage:g} V and {noun.rating:g} A give {gives}"
                fix = f"leave `capacity` out, or write at most `{math.floor(limit * 10) / 10} kVA`"
                yield finding("PWR-1", f"power/{key}", "claims more than its rating", detail, fix, noun.at("capacity"))
    for key, rack in case.site.racks.items():
        for feed in case.site.feeds[key]:
            above = case.site.power[feed].noun.rating
            if rack.noun.tap is None or above is None:
                continue
            yield (tap := Measure(f"rack/{key}", f"tap on {feed}", rack.noun.tap, above, "A"))
            if tap.broken:
                detail = f"a tap of {rack.noun.tap:g} A on {feed}, which carries {above:g} A"
                fix = f"at most `tap: {above:g} A`"
                yield finding("PWR-1", f"rack/{key}", "taps more than its feed has", detail, fix, rack.noun.at("tap"))


@law("PWR-2", "a rack draws no more than it may")
def rack_draw(case: Case) -> Iterator[Problem | Measure]:
    """Σ draw of a rack's devices ≤ the rack's max kW; a draw that nobody declared is an error or a signed waiver.

    A device's draw is its maximum (overlay `draw`, else the sum of its inlets), or its power cap where that is lower.
    """
    for key, rack in case.blueprint.racks.items():
        noun = case.site.racks[key].noun
        unknown = [d for d in case.inside[key] if d.draw_kw is None]
        bound = "≥ " if rack.unknown_draws else ""
        yield (draw := Measure(f"rack/{key}", f"{bound}draw", rack.draw_kw, rack.max_kw, "kW"))
        if draw.broken:
            draws, may = draw.texts
            detail = f"draws {bound}{draws}; the rack may draw {may}"
            fix = f"fewer devices, a lower `power_cap`, or a rack with `max_power: {math.ceil(rack.draw_kw)} kW`"
            yield finding("PWR-2", f"rack/{key}", "draws too much", detail, fix, noun.at("max_power"))
        if rack.unknown_draws:
            refs = {d.device.ref for d in unknown}
            refs |= {it.device.ref for it in case.equipment(key) if it.device.draw_kw is None}
            named = ", ".join(sorted(refs))
            detail = f"{bound}{kw(rack.draw_kw)}, {count(rack.unknown_draws, 'device')} unknown: {named}"
            fix = "add `draw` and its source to an overlay, a `power_cap`, or a waiver"
            where = unknown[0].noun.at("device") if unknown else noun.at("type")
            yield finding("PWR-2", f"rack/{key}", "has an unknown draw", detail, fix, where)


@law("PWR-4", "2N: each side carries at most half")
def half_on_each_side(case: Case) -> Iterator[Problem | Measure]:
    """In the normal state a device of redundancy 2n carries at most 50 % of its usable rating: the other side's
    loss doubles its load. The load is Σ kW below × diversity.
    """
    for key, device in case.blueprint.power.items():
        if device.redundancy != "2n":
            continue
        half, load = device.usable_kw / 2, demand_kw(case, key)
        yield (carried := Measure(f"power/{key}", "load", load, half, "kW"))
        if carried.broken:
            carries, may = carried.texts
            detail = f"carries {carries}, half of its usable {kw(device.usable_kw)} is {may}"
            fix = "a larger rating, less load on it, or another pair"
            yield finding("PWR-4", f"power/{key}", "is more than half loaded", detail, fix, power_place(case, key))


@law("PWR-5", "the three legs carry alike")
def legs_balance(case: Case) -> Iterator[Problem | Measure]:
    """For each three-phase feed: |load of a leg - mean| / mean ≤ `policy.phase_balance` (10 % unless declared).

    A tap with a `leg` is single-phase and loads that leg alone; every other tap loads the three alike.
    """
    legs: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(("L1", "L2", "L3"), 0.0))
    single = {feed for key, rack in case.site.racks.items() if rack.noun.leg for feed in case.site.feeds[key]}
    for key, rack in case.site.racks.items():
        for n, feed in enumerate(case.site.feeds[key]):
            load = case.blueprint.power[tap_name(key, n)].load_kw
            for leg in [rack.noun.leg] if rack.noun.leg else ["L1", "L2", "L3"]:
                legs[feed][leg] += load if rack.noun.leg else load / 3
    limit = case.site.policy.phase_balance
    for feed in sorted(single):
        mean = sum(legs[feed].values()) / 3
        worst = max(legs[feed], key=lambda leg: abs(legs[feed][leg] - mean))
        off = abs(legs[feed][worst] - mean) / mean * 100 if mean else 0.0
        yield (uneven := Measure(f"power/{feed}", f"{worst} off the mean", off, limit, "%"))
        if uneven.broken:
            shown = ", ".join(f"{leg} {kw(load)}" for leg, load in legs[feed].items())
            detail = f"{shown}: {worst} is {uneven.texts[0]} off the mean, policy is {uneven.texts[1]}"
            fix = "other legs for some racks, or three-phase taps"
            yield finding("PWR-5", f"power/{feed}", "has uneven legs", detail, fix, power_place(case, feed))


@law("PWR-6", "every parent carries its children")
def parents_carry(case: Case) -> Iterator[Problem | Measure]:
    """Σ load of the children × diversity ≤ usable rating, from the rack tap up to the utility; and Σ IT of a hall ≤
    the hall's IT power. Diversity is the device's own or policy; 1.0 means that everything draws its maximum at once.
    What is built of modules is judged by PWR-9.
    """
    for key, device in case.blueprint.power.items():
        if key in case.site.power and case.site.power[key].noun.module is not None:
            continue
        load = demand_kw(case, key)
        yield (carried := Measure(f"power/{key}", "load", load, device.usable_kw, "kW"))
        if carried.broken:
            has, may = carried.texts
            detail = f"its load is {has}, it carries {may}"
            fix = "a larger rating, or less load below it"
            yield finding("PWR-6", f"power/{key}", "is overloaded", detail, fix, power_place(case, key))
    draws = dict.fromkeys(case.blueprint.halls, 0.0)
    for rack in case.blueprint.racks.values():
        draws[rack.hall] += rack.draw_kw * case.site.policy.diversity
    for name, draw in draws.items():
        limit = case.blueprint.halls[name].it_kw
        yield (drawn := Measure(f"hall/{name}", "draw of its racks", draw, limit, "kW"))
        if drawn.broken:
            racks_draw, may = drawn.texts
            detail = f"its racks draw {racks_draw}, the hall has {may}"
            fix = f"fewer racks, or `it_power: {math.ceil(draw)} kW` if the hall really has it"
            yield finding("PWR-6", f"hall/{name}", "is overloaded", detail, fix, case.site.halls[name].at("it_power"))


def diversity_of(case: Case, key: str) -> float:
    """Return the part of what hangs on a power device that draws at once: its own, else the policy's; 1 for a tap."""
    if case.blueprint.power[key].kind == "tap":
        return 1.0
    own = case.site.power[key].noun.diversity
    return case.site.policy.diversity if own is None else own


def demand_kw(case: Case, key: str) -> float:
    """Return the load of a power device at its diversity."""
    return case.blueprint.power[key].load_kw * diversity_of(case, key)


@law("PWR-7", "paths have no circle and share nothing below the split")
def paths_are_separate(case: Case) -> Iterator[Problem | Measure]:
    """The power graph has no circle, and two feeds of one rack share no ancestor of a kind below
    `policy.shared_down_to` (from the top: utility, transformer, generator, switchgear, sts, ups, busway).
    """
    parents = case.site.parents
    circles = {key: ancestors(parents, key) for key in parents if key in ancestors(parents, key)}
    for key, circle in sorted(circles.items()):
        if key == min(circle & circles.keys()):
            detail = f"{key} feeds itself by way of {', '.join(sorted(circle - {key})) or 'itself'}"
            place = case.site.power[key].noun.at("parent")
            yield finding("PWR-7", f"power/{key}", "feeds itself", detail, "remove one `parent`", place)
    split = KINDS.index(case.site.policy.shared_down_to)
    for key, feeds in sorted((k, case.site.feeds[k]) for k in case.site.racks):
        shared: dict[str, list[str]] = {}
        yield Measure(f"rack/{key}", f"feeds that part at a {case.site.policy.shared_down_to}", len(feeds))
        for feed in feeds:
            for above in {feed} | ancestors(parents, feed):
                if KINDS.index(case.site.power[above].noun.kind) > split and not circles:
                    shared.setdefault(above, []).append(feed)
        for above, through in sorted(shared.items()):
            if len(through) > 1:
                detail = f"{' and '.join(through)} both hang on {above}: when it fails, both are dark"
                fix = f"feeds that part above it, or `shared_down_to: {case.site.power[above].noun.kind}` in the policy"
                place = case.site.racks[key].noun.at("feeds")
                yield finding("PWR-7", f"rack/{key}", "has feeds that share a path", detail, fix, place)


@law("PWR-9", "modules carry the load with the redundant ones off")
def modules_suffice(case: Case) -> Iterator[Problem | Measure]:
    """(modules − redundancy) · module kVA · pf ≥ load × diversity, for UPS and generators built of modules."""
    for key, standing in case.site.power.items():
        noun, usable = standing.noun, case.blueprint.power[key].usable_kw
        if noun.module is None or noun.modules is None:
            continue
        load = demand_kw(case, key)
        yield (carried := Measure(f"power/{key}", "load", load, usable, "kW"))
        if carried.broken:
            spare = spare_units(noun.redundancy)
            need = math.ceil(load / (noun.module * case.site.policy.power_factor)) + spare
            has, gives = carried.texts
            detail = f"{noun.modules - spare} of {noun.modules} modules give {gives}, the load is {has}"
            fix = f"`modules: {need}`"
            yield finding("PWR-9", f"power/{key}", "has too few modules", detail, fix, noun.at("modules"))


@law("PWR-11", "the site draws no more than it has contracted")
def within_contract(case: Case) -> Iterator[Problem | Measure]:
    """Σ IT kW × PUE ≤ contracted power (PUE: ISO/IEC 30134-2, EN 50600-4-2; the figure is policy).

    12,500 DGX H100 are 127.5 MW of IT; 100,000 accelerators in NVL72 racks, 174 units of 1.2 MW, about 209 MW.
    """
    draw = sum(rack.draw_kw for rack in case.blueprint.racks.values())
    need, limit = draw * case.site.policy.pue, case.blueprint.site.contracted_kw
    yield (drawn := Measure("site", "IT x PUE", need, limit, "kW"))
    if drawn.broken:
        needs, may = drawn.texts
        detail = f"{kw(draw)} of IT x PUE {case.site.policy.pue:g} are {needs}, contracted are {may}"
        fix = f"fewer racks, a lower power cap, or a contract of {math.ceil(need):,} kW"
        yield finding(
            "PWR-11", "site", "draws more than contracted", detail, fix, case.site.facts.at("contracted_power")
        )


def ancestors(parents: dict[str, list[str]], key: str) -> set[str]:
    """Return every power device above one."""
    found: set[str] = set()
    waiting = list(parents.get(key, []))
    while waiting:
        above = waiting.pop()
        if above not in found:
            found.add(above)
            waiting += parents.get(above, [])
    return found
