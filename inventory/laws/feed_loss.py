"""The loss of a feed: what must carry on without it."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterator

from gigaworks.inventory.blueprint import PowerDevice
from gigaworks.inventory.catalog.types import PowerPort
from gigaworks.inventory.design.power import tap_name
from gigaworks.inventory.laws.law import Case, Standing, count, finding, law, power_place
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.laws.power import demand_kw, diversity_of
from gigaworks.inventory.problem import Problem


@law("PWR-3", "a rack survives the loss of any one feed")
def survives_feed_loss(case: Case) -> Iterator[Problem | Measure]:
    """For each feed of a rack: with it lost, the other taps carry the rack, its power shelves on the other feeds carry
    it too, and each device's power supplies on the other feeds carry that device's draw.

    Inlet or shelf i hangs on feed i mod n. DGX H100: 6 supplies of 3.3 kW, 10.2 kW; on two feeds 9.9 kW are left and
    it fails, on three 13.2 kW. NVL72: 8 shelves of 33 kW; on two feeds 132 kW are left. A rack with one feed, and a
    device that is declared to have one (`feeds: [busway-a]`), go down with it; their failure domains say so.
    """
    moved: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))  # lost feed → power device → kW
    for key in case.blueprint.racks:
        feeds = case.site.feeds[key]
        if len(feeds) < 2:
            continue
        without = {lost: feed_loads(case, key, {lost}) for lost in feeds}
        yield from _taps_suffice(case, key, without)
        yield from _shelves_suffice(case, key)
        for device in case.inside[key]:
            yield from _supplies_suffice(device)
        for lost, loads in without.items():
            for n, feed in enumerate(feeds):
                change = loads[feed] - case.blueprint.power[tap_name(key, n)].load_kw
                _push_up(case.site.parents, feed, change, moved[lost])
    yield from _parents_suffice(case, moved)


def feed_loads(case: Case, key: str, lost: Collection[str], off: Collection[str] = ()) -> dict[str, float]:
    """Return the kW on each feed of a rack when those in ``lost`` are dark: the others give its devices all they need.

    Devices named in ``off`` draw nothing.
    """
    feeds = case.site.feeds[key]
    left = [feed for feed in feeds if feed not in lost]
    known = sum(it.device.draw_kw or 0.0 for it in case.equipment(key))
    load = {feed: known / len(left) if feed in left else 0.0 for feed in feeds}
    for device in case.inside[key]:
        inlets_left = {feed: inlets for feed, inlets in device.inlets.items() if feed not in lost}
        for feed, inlets in inlets_left.items() if device.name not in off else ():
            load[feed] += (device.draw_kw or 0.0) * inlets / sum(inlets_left.values())
    return load


def _taps_suffice(case: Case, key: str, without: dict[str, dict[str, float]]) -> Iterator[Problem | Measure]:
    """Return the finding of the worst loss for a rack's taps."""
    feeds = case.site.feeds[key]
    taps = {feed: case.blueprint.power[tap_name(key, n)] for n, feed in enumerate(feeds)}
    lost, feed = max(
        ((lost, feed) for lost in feeds for feed in feeds if feed != lost),
        key=lambda pair: (round(without[pair[0]][pair[1]] - taps[pair[1]].usable_kw, 6), pair[0]),
    )
    load, tap, policy = without[lost][feed], taps[feed], case.site.policy
    yield (carried := Measure(f"rack/{key}", f"on {feed} without {lost}", load, tap.usable_kw, "kW"))
    if not carried.broken:
        return
    needs, may = carried.texts
    alone = "alone " if len(feeds) == 2 else ""
    detail = (
        f"without {lost} it needs {needs}; the tap on {feed} {alone}carries {may}"
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


def _shelves_suffice(case: Case, key: str) -> Iterator[Problem | Measure]:
    """Judge the power shelves of a rack with a busbar; the feed with the most of them is lost."""
    noun, feeds, rack = case.site.racks[key].noun, case.site.feeds[key], case.blueprint.racks[key]
    found = case.site.catalogue.rack(noun.type)
    shelves = found[1].shelves if found else None
    if shelves is None:
        return
    left = shelves.count - math.ceil(shelves.count / len(feeds))
    able = left * shelves.rating
    yield (carried := Measure(f"rack/{key}", f"on {count(left, 'shelf', 'shelves')}", rack.draw_kw, able, "kW"))
    if carried.broken:
        draws, give = carried.texts
        detail = f"draws {draws}; without {feeds[0]} {left} of its {shelves.count} power shelves are left, {give}"
        fix = "one more feed, fewer devices, or a lower `power_cap`"
        where = noun.at("feeds")
        yield finding("PWR-3", f"rack/{key}", "has too few power shelves without a feed", detail, fix, where)


def _supplies_suffice(device: Standing) -> Iterator[Problem | Measure]:
    """Judge a device's power supplies at the worst loss."""
    ports = device.device.type.power_ports
    if len(device.feeds) < 2 or device.draw_kw is None or not ports:
        return
    subject, place = f"{device.kind}/{device.name}", device.noun.at("device")
    fed_by = [device.feeds[n % len(device.feeds)] for n in range(len(ports))]
    lost = max(device.feeds, key=lambda feed: (fed_by.count(feed), feed == device.feeds[0]))
    left = supplies_left(device, {lost})
    if not left:
        yield Measure(subject, f"supplies without {lost}", 0, 1, least=True)
        detail = f"{device.device.ref} has one power inlet, and it hangs on {lost}"
        fix = f"`feeds: [{lost.rpartition('/')[2]}]`, if it may go down with that feed"
        yield finding("PWR-3", subject, "hangs on one feed", detail, fix, place)
        return
    needed, summary = device.device.overlay.psus_needed, "does not survive the loss of one feed"
    enough = Measure(subject, f"supplies without {lost}", len(left), needed, least=True)
    if needed is not None:
        yield enough
    if enough.broken:
        detail = f"without {lost} {len(left)} of its {len(ports)} power supplies are left; it needs {needed}"
        yield finding("PWR-3", subject, summary, detail, "one more feed", place)
    if all(port.maximum_draw for port in left) and "supplies" not in device.device.overlay.unknown:
        supply = sum(port.maximum_draw or 0 for port in left) / 1000
        yield (carried := Measure(subject, f"draw, supplies without {lost}", device.draw_kw, supply, "kW"))
        if carried.broken:
            draws, give = carried.texts
            detail = f"draws {draws}; without {lost} its power supplies give {give}"
            fix = f"one more feed, or `power_cap: {math.floor(supply * 10) / 10} kW`"
            yield finding("PWR-3", subject, summary, detail, fix, place)


def supplies_left(device: Standing, lost: Collection[str]) -> list[PowerPort]:
    """Return the power supplies of a device whose feeds are not dark: supply i hangs on feed i mod n."""
    ports = device.device.type.power_ports if device.feeds else []
    return [port for n, port in enumerate(ports) if device.feeds[n % len(device.feeds)] not in lost]


def _push_up(parents: dict[str, list[str]], key: str, change: float, into: dict[str, float], depth: int = 0) -> None:
    """Add a change of load to a device and, split evenly, to everything above it; a circle ends after 20 steps."""
    into[key] += change
    for parent in parents.get(key, []) if depth < 20 else []:
        _push_up(parents, parent, change / len(parents[key]), into, depth + 1)


def _parents_suffice(case: Case, moved: dict[str, dict[str, float]]) -> Iterator[Problem | Measure]:
    """Judge what stands above the racks: it carries what the loss of a feed moves to it, if it carried it before."""
    for lost, changes in sorted(moved.items()):
        for key, change in sorted(changes.items()):
            device = case.blueprint.power[key]
            before, diversity = demand_kw(case, key), diversity_of(case, key)
            if key == lost or before > device.usable_kw or change <= 0:
                continue
            after = (device.load_kw + change) * diversity
            yield (carried := Measure(f"power/{key}", f"load without {lost}", after, device.usable_kw, "kW"))
            if carried.broken:
                carries, may = carried.texts
                detail = f"without {lost} it carries {carries}; usable are {may}"
                yield finding(
                    "PWR-3", f"power/{key}", "is overloaded when a feed is lost", detail,
                    "a larger rating, or less load on the pair", power_place(case, key),
                )  # fmt: skip


def _formula(device: PowerDevice, power_factor: float, derating: float) -> str:
    if device.rated_a is None:
        return ""
    root = "√3 · " if device.phases == 3 else ""
    return f" ({root}{device.voltage_v:g} V · {device.rated_a:g} A · pf {power_factor:g} · derating {derating:g})"
