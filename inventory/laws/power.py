"""Power: ratings, racks, the loss of a feed, parents, paths, the contract."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from gigaworks.inventory.blueprint import PowerDevice
from gigaworks.inventory.design.power import apparent_kva, tap_name
from gigaworks.inventory.laws.law import Case, Standing, count, finding, kw, law
from gigaworks.inventory.model.power import KINDS
from gigaworks.inventory.model.words import spare_units
from gigaworks.inventory.problem import Place, Problem


@law("PWR-1", "ratings follow from volts and amperes")
def ratings_hold(case: Case) -> Iterator[Problem]:
    """Three phases: S = √3 · V_LL · I; one phase: S = V · I; P = S · pf; usable = P × derating.

    At 400 V: 16 A are 11.1 kVA, 32 A 22.2, 63 A 43.6, 125 A 86.6. Derating is policy: 0.8 is US NEC for continuous
    load on a breaker, European practice lists 1.0. A declared capacity is not above S; a tap is not above its busway.
    """
    for key, standing in case.site.power.items():
        noun = standing.noun
        if noun.capacity is not None and noun.rating is not None and noun.voltage is not None:
            limit = apparent_kva(noun.voltage, noun.rating, noun.phases or 3)
            if noun.capacity > limit:
                detail = (
                    f"declared {noun.capacity:,.1f} kVA; {noun.voltage:g} V and {noun.rating:g} A give {limit:,.1f} kVA"
                )
                fix = f"leave `capacity` out, or write at most `{math.floor(limit * 10) / 10} kVA`"
                yield finding("PWR-1", f"power/{key}", "claims more than its rating", detail, fix, noun.at("capacity"))
    for key, rack in case.site.racks.items():
        for feed in case.site.feeds[key]:
            above = case.site.power[feed].noun.rating
            if rack.noun.tap is not None and above is not None and rack.noun.tap > above:
                detail = f"a tap of {rack.noun.tap:g} A on {feed}, which carries {above:g} A"
                fix = f"at most `tap: {above:g} A`"
                yield finding("PWR-1", f"rack/{key}", "taps more than its feed has", detail, fix, rack.noun.at("tap"))


@law("PWR-2", "a rack draws no more than it may")
def rack_draw(case: Case) -> Iterator[Problem]:
    """Σ draw of a rack's devices ≤ the rack's max kW; a draw that nobody declared is an error or a signed waiver.

    A device's draw is its maximum (overlay `draw`, else the sum of its inlets), or its power cap where that is lower.
    """
    for key, rack in case.blueprint.racks.items():
        noun = case.site.racks[key].noun
        unknown = [d for d in case.inside[key] if d.draw_kw is None]
        bound = "≥ " if unknown else ""
        if rack.draw_kw > rack.max_kw:
            detail = f"draws {bound}{kw(rack.draw_kw)}; the rack may draw {kw(rack.max_kw)}"
            fix = f"fewer devices, a lower `power_cap`, or a rack with `max_power: {math.ceil(rack.draw_kw)} kW`"
            yield finding("PWR-2", f"rack/{key}", "draws too much", detail, fix, noun.at("max_power"))
        if unknown:
            refs = ", ".join(sorted({d.device.ref for d in unknown}))
            detail = f"{bound}{kw(rack.draw_kw)}, {count(len(unknown), 'device')} unknown: {refs}"
            fix = "add `draw` and its source to an overlay, a `power_cap`, or a waiver"
            yield finding("PWR-2", f"rack/{key}", "has an unknown draw", detail, fix, unknown[0].noun.at("device"))


@law("PWR-3", "a rack survives the loss of any one feed")
def survives_feed_loss(case: Case) -> Iterator[Problem]:
    """For each feed of a rack: with it lost, the other taps carry the rack, and each device's power supplies on the
    other feeds carry that device's draw.

    DGX H100: 6 supplies of 3.3 kW, 10.2 kW; on two feeds 9.9 kW are left and it fails, on three 13.2 kW. A rack with
    one feed, and a device that is declared to have one (`feeds: [busway-a]`), go down with it; their failure domains
    say so.
    """
    moved: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))  # lost feed → power device → kW
    for key in case.blueprint.racks:
        feeds = case.site.feeds[key]
        if len(feeds) < 2:
            continue
        without = {lost: _feed_loads(case, key, lost) for lost in feeds}
        yield from _taps_suffice(case, key, without)
        for device in case.inside[key]:
            yield from _supplies_suffice(device)
        for lost, loads in without.items():
            for n, feed in enumerate(feeds):
                change = loads[feed] - case.blueprint.power[tap_name(key, n)].load_kw
                _push_up(case.site.parents, feed, change, moved[lost])
    yield from _parents_suffice(case, moved)


def _feed_loads(case: Case, key: str, lost: str) -> dict[str, float]:
    """Return the kW on each feed of a rack when ``lost`` is dark and its devices draw all they need elsewhere."""
    load = dict.fromkeys(case.site.feeds[key], 0.0)
    for device in case.inside[key]:
        left = {feed: inlets for feed, inlets in device.inlets.items() if feed != lost}
        for feed, inlets in left.items():
            load[feed] += (device.draw_kw or 0.0) * inlets / sum(left.values())
    return load


def _taps_suffice(case: Case, key: str, without: dict[str, dict[str, float]]) -> Iterator[Problem]:
    """Return the finding of the worst loss for a rack's taps."""
    feeds = case.site.feeds[key]
    taps = {feed: case.blueprint.power[tap_name(key, n)] for n, feed in enumerate(feeds)}
    over = [
        (loads[feed] - taps[feed].usable_kw, lost, feed)
        for lost, loads in without.items()
        for feed in feeds
        if loads[feed] > taps[feed].usable_kw
    ]
    if not over:
        return
    _, lost, feed = max(over, key=lambda item: (round(item[0], 6), item[1]))
    load, tap, policy = without[lost][feed], taps[feed], case.site.policy
    alone = "alone " if len(feeds) == 2 else ""
    detail = (
        f"without {lost} it needs {kw(load)}; the tap on {feed} {alone}carries {kw(tap.usable_kw)}"
        f"{_formula(tap, policy.power_factor, policy.derating)}"
    )
    options = ["one more feed", "a larger `tap`"]
    draws = [d.draw_kw for d in case.inside[key] if d.kind == "node" and d.draw_kw]
    share = tap.usable_kw / load
    if math.floor(len(draws) * share):
        options.append(f"{count(math.floor(len(draws) * share), 'node')} in the rack")
    if draws and math.floor(max(draws) * share * 10):
        options.append(f"`power_cap: {math.floor(max(draws) * share * 10) / 10} kW`")
    fix = f"{', '.join(options[:-1])}, or {options[-1]}"
    where = case.site.racks[key].noun.at("feeds")
    yield finding("PWR-3", f"rack/{key}", "does not survive the loss of one feed", detail, fix, where)


def _supplies_suffice(device: Standing) -> Iterator[Problem]:
    """Return the finding of the worst loss for a device's power supplies."""
    ports = device.device.type.power_ports
    if len(device.feeds) < 2 or device.draw_kw is None or not ports:
        return
    subject, place = f"{device.kind}/{device.name}", device.noun.at("device")
    fed_by = [device.feeds[n % len(device.feeds)] for n in range(len(ports))]
    lost = max(device.feeds, key=lambda feed: (fed_by.count(feed), feed == device.feeds[0]))
    left = [port for port, feed in zip(ports, fed_by, strict=True) if feed != lost]
    needed = device.device.overlay.psus_needed
    supply = sum(port.maximum_draw or 0 for port in left) / 1000
    summary = "does not survive the loss of one feed"
    if not left:
        detail = f"{device.device.ref} has one power inlet, and it hangs on {lost}"
        fix = f"`feeds: [{lost.rpartition('/')[2]}]`, if it may go down with that feed"
        yield finding("PWR-3", subject, "hangs on one feed", detail, fix, place)
    elif needed is not None and len(left) < needed:
        detail = f"without {lost} {len(left)} of its {len(ports)} power supplies are left; it needs {needed}"
        yield finding("PWR-3", subject, summary, detail, "one more feed", place)
    elif all(port.maximum_draw for port in left) and supply < device.draw_kw:
        detail = f"draws {kw(device.draw_kw)}; without {lost} its power supplies give {kw(supply)}"
        fix = f"one more feed, or `power_cap: {math.floor(supply * 10) / 10} kW`"
        yield finding("PWR-3", subject, summary, detail, fix, place)


def _push_up(parents: dict[str, list[str]], key: str, change: float, into: dict[str, float], depth: int = 0) -> None:
    """Add a change of load to a device and, split evenly, to everything above it; a circle ends after 20 steps."""
    into[key] += change
    for parent in parents.get(key, []) if depth < 20 else []:
        _push_up(parents, parent, change / len(parents[key]), into, depth + 1)


def _parents_suffice(case: Case, moved: dict[str, dict[str, float]]) -> Iterator[Problem]:
    """Return a finding for each device that the loss of a feed overloads and that was not overloaded before."""
    diversity = case.site.policy.diversity
    for lost, changes in sorted(moved.items()):
        for key, change in sorted(changes.items()):
            device = case.blueprint.power[key]
            before, after = device.load_kw * diversity, (device.load_kw + change) * diversity
            if key != lost and before <= device.usable_kw < round(after, 6):
                detail = f"without {lost} it carries {kw(after)}; usable are {kw(device.usable_kw)}"
                fix = "a larger rating, or less load on the pair"
                yield finding(
                    "PWR-3", f"power/{key}", "is overloaded when a feed is lost", detail, fix, _place(case, key)
                )


def _formula(device: PowerDevice, power_factor: float, derating: float) -> str:
    if device.rated_a is None:
        return ""
    root = "√3 · " if device.phases == 3 else ""
    return f" ({root}{device.voltage_v:g} V · {device.rated_a:g} A · pf {power_factor:g} · derating {derating:g})"


@law("PWR-4", "2N: each side carries at most half")
def half_on_each_side(case: Case) -> Iterator[Problem]:
    """In the normal state a device of redundancy 2n carries at most 50 % of its usable rating: the other side's
    loss doubles its load.
    """
    for key, device in case.blueprint.power.items():
        if device.redundancy == "2n" and device.load_kw > device.usable_kw / 2:
            detail = (
                f"carries {kw(device.load_kw)}, half of its usable {kw(device.usable_kw)} is {kw(device.usable_kw / 2)}"
            )
            fix = "a larger rating, less load on it, or another pair"
            yield finding("PWR-4", f"power/{key}", "is more than half loaded", detail, fix, _place(case, key))


@law("PWR-5", "the three legs carry alike")
def legs_balance(case: Case) -> Iterator[Problem]:
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
        if off > limit:
            shown = ", ".join(f"{leg} {kw(load)}" for leg, load in legs[feed].items())
            detail = f"{shown}: {worst} is {off:.0f} % off the mean, policy is {limit:g} %"
            fix = "other legs for some racks, or three-phase taps"
            yield finding("PWR-5", f"power/{feed}", "has uneven legs", detail, fix, _place(case, feed))


@law("PWR-6", "every parent carries its children")
def parents_carry(case: Case) -> Iterator[Problem]:
    """Σ load of the children × diversity ≤ usable rating, from the rack tap up to the utility; and Σ IT of a hall ≤
    the hall's IT power. Diversity is policy; 1.0 means that everything draws its maximum at once.
    """
    diversity = case.site.policy.diversity
    for key, device in case.blueprint.power.items():
        load = device.load_kw * (1.0 if device.kind == "tap" else diversity)
        modules = key in case.site.power and case.site.power[key].noun.module is not None  # law PWR-9
        if load > device.usable_kw and not modules:
            detail = f"its load is {kw(load)}, it carries {kw(device.usable_kw)}"
            fix = "a larger rating or more modules, or less load below it"
            yield finding("PWR-6", f"power/{key}", "is overloaded", detail, fix, _place(case, key))
    for name, hall in case.blueprint.halls.items():
        draw = sum(rack.draw_kw for rack in case.blueprint.racks.values() if rack.hall == name)
        if draw * diversity > hall.it_kw:
            detail = f"its racks draw {kw(draw * diversity)}, the hall has {kw(hall.it_kw)}"
            fix = f"fewer racks, or `it_power: {math.ceil(draw * diversity)} kW` if the hall really has it"
            yield finding("PWR-6", f"hall/{name}", "is overloaded", detail, fix, case.site.halls[name].at("it_power"))


@law("PWR-7", "paths have no circle and share nothing below the split")
def paths_are_separate(case: Case) -> Iterator[Problem]:
    """The power graph has no circle, and two feeds of one rack share no ancestor of a kind below
    `policy.shared_down_to` (from the top: utility, transformer, generator, switchgear, sts, ups, busway).
    """
    parents = case.site.parents
    circles = {key: _ancestors(parents, key) for key in parents if key in _ancestors(parents, key)}
    for key, circle in sorted(circles.items()):
        if key == min(circle & circles.keys()):
            detail = f"{key} feeds itself by way of {', '.join(sorted(circle - {key})) or 'itself'}"
            place = case.site.power[key].noun.at("parent")
            yield finding("PWR-7", f"power/{key}", "feeds itself", detail, "remove one `parent`", place)
    split = KINDS.index(case.site.policy.shared_down_to)
    for key, feeds in sorted((k, case.site.feeds[k]) for k in case.site.racks):
        shared: dict[str, list[str]] = {}
        for feed in feeds:
            for above in {feed} | _ancestors(parents, feed):
                if KINDS.index(case.site.power[above].noun.kind) > split and not circles:
                    shared.setdefault(above, []).append(feed)
        for above, through in sorted(shared.items()):
            if len(through) > 1:
                detail = f"{' and '.join(through)} both hang on {above}: when it fails, both are dark"
                fix = f"feeds that part above it, or `shared_down_to: {case.site.power[above].noun.kind}` in the policy"
                place = case.site.racks[key].noun.at("feeds")
                yield finding("PWR-7", f"rack/{key}", "has feeds that share a path", detail, fix, place)


@law("PWR-9", "modules carry the load with the redundant ones off")
def modules_suffice(case: Case) -> Iterator[Problem]:
    """(modules − redundancy) · module kVA · pf ≥ load, for UPS and generators built of modules."""
    for key, standing in case.site.power.items():
        noun, device = standing.noun, case.blueprint.power[key]
        if noun.module is None or noun.modules is None or device.load_kw <= device.usable_kw:
            continue
        running = noun.modules - spare_units(noun.redundancy)
        need = math.ceil(device.load_kw / (noun.module * case.site.policy.power_factor)) + spare_units(noun.redundancy)
        detail = f"{running} of {noun.modules} modules give {kw(device.usable_kw)}, the load is {kw(device.load_kw)}"
        yield finding("PWR-9", f"power/{key}", "has too few modules", detail, f"`modules: {need}`", noun.at("modules"))


@law("PWR-11", "the site draws no more than it has contracted")
def within_contract(case: Case) -> Iterator[Problem]:
    """Σ IT kW × PUE ≤ contracted power (PUE: ISO/IEC 30134-2, EN 50600-4-2; the figure is policy)."""
    draw = sum(rack.draw_kw for rack in case.blueprint.racks.values())
    need, limit = draw * case.site.policy.pue, case.blueprint.site.contracted_kw
    if need > limit:
        detail = f"{kw(draw)} of IT x PUE {case.site.policy.pue:g} are {kw(need)}, contracted are {kw(limit)}"
        fix = f"fewer racks, a lower power cap, or a contract of {math.ceil(need):,} kW"
        yield finding(
            "PWR-11", "site", "draws more than contracted", detail, fix, case.site.facts.at("contracted_power")
        )


def _place(case: Case, key: str) -> Place:
    if key in case.site.power:
        return case.site.power[key].noun.at()
    rack = case.site.racks[key.rpartition("-tap-")[0]].noun
    return rack.at("tap")


def _ancestors(parents: dict[str, list[str]], key: str) -> set[str]:
    found: set[str] = set()
    waiting = list(parents.get(key, []))
    while waiting:
        above = waiting.pop()
        if above not in found:
            found.add(above)
            waiting += parents.get(above, [])
    return found
