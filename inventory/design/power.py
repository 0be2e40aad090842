"""The power graph: what each device can carry and what it carries, from the rack's taps up to the utility."""

from __future__ import annotations

import math
from collections import defaultdict

import msgspec

from gigaworks.inventory.blueprint import PowerDevice
from gigaworks.inventory.design.space import Placed
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.policy import PolicyNoun
from gigaworks.inventory.model.power import PowerNoun
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.model.words import spare_units

LETTERS = "abcdefghijklmnopqrstuvwxyz"


def apparent_kva(volts: float, amperes: float, phases: int) -> float:
    """Return kVA: S = √3 · V_LL · I for three phases, V · I for one (law PWR-1)."""
    return (math.sqrt(3) if phases == 3 else 1.0) * volts * amperes / 1000


def usable_kw(noun: PowerNoun, policy: PolicyNoun) -> tuple[float, float]:
    """Return capacity in kVA and usable kW.

    P = S · pf; a current rating is derated (continuous load on a breaker); of modules the redundant ones are off.
    """
    if noun.module is not None and noun.modules is not None:
        kva = noun.module * max(noun.modules - spare_units(noun.redundancy), 0)
        return kva, round(kva * policy.power_factor, 3)
    rated = None
    if noun.rating is not None and noun.voltage is not None:
        rated = apparent_kva(noun.voltage, noun.rating, noun.phases or 3)
    kva = noun.capacity if noun.capacity is not None else rated or 0.0
    usable = kva if rated is None else min(kva, rated * policy.derating)
    return kva, round(usable * policy.power_factor, 3)


def tap_name(rack: str, position: int) -> str:
    """Return the key of the tap of a rack's feed ``position`` (0 is feed a)."""
    return f"{rack}-tap-{LETTERS[position]}"


def feed_shares(site: Site, name: str, inlets: int) -> dict[str, float]:
    """Return which share of a device's draw each of its feeds carries: inlet i is plugged into feed i mod n."""
    feeds = site.feeds[name]
    count = inlets or len(feeds)
    return {feed: len(range(n, count, len(feeds))) / count for n, feed in enumerate(feeds[:count])}


def graph(site: Site, placed: dict[str, Placed], draws: dict[str, float | None]) -> dict[str, PowerDevice]:
    """Return every power device with its load in the normal state; unknown draws are left out of the loads."""
    taps: dict[str, PowerDevice] = {}
    for key, rack in sorted(site.racks.items()):
        for n, feed in enumerate(site.feeds[key]):
            taps[tap_name(key, n)] = _tap(
                site, key, feed, rack.noun.tap, where(rack.noun.at("tap")), f"{rack.name}-tap-{LETTERS[n]}"
            )
    load: dict[str, float] = defaultdict(float)
    for name, item in placed.items():
        draw = draws[name]
        if draw is None:
            continue
        feeds = site.feeds[item.rack]
        for feed, share in feed_shares(site, name, len(item.device.type.power_ports)).items():
            load[tap_name(item.rack, feeds.index(feed))] += draw * share
    for key, rack in site.racks.items():
        known = sum(it.device.draw_kw or 0.0 for it in site.catalogue.equipment(rack.noun.type))
        for n in range(len(site.feeds[key]) if known else 0):
            load[tap_name(key, n)] += known / len(site.feeds[key])
    parents = {**{key: tap.parents for key, tap in taps.items()}, **site.parents}
    total = sum_up(parents, load)
    found: dict[str, PowerDevice] = {}
    for key, standing in sorted(site.power.items()):
        noun = standing.noun
        kva, usable = usable_kw(noun, site.policy)
        found[key] = PowerDevice(
            name=standing.name, hall=standing.hall, kind=noun.kind, parents=site.parents[key],
            capacity_kva=round(kva, 3), rated_a=noun.rating, voltage_v=noun.voltage, phases=noun.phases,
            redundancy=noun.redundancy, usable_kw=usable, load_kw=round(total.get(key, 0.0), 3), where=where(noun.at()),
        )  # fmt: skip
    for key, tap in taps.items():
        found[key] = msgspec.structs.replace(tap, load_kw=round(total.get(key, 0.0), 3))
    return found


def _tap(site: Site, rack: str, feed: str, amperes: float | None, place: str, name: str) -> PowerDevice:
    above = site.power[feed].noun
    volts, phases = above.voltage or 400.0, above.phases or 3
    if site.racks[rack].noun.leg is not None and phases == 3:
        volts, phases = round(volts / math.sqrt(3)), 1
    if amperes is None:
        kva, usable = usable_kw(above, site.policy)
    else:
        kva = apparent_kva(volts, amperes, phases)
        usable = round(kva * site.policy.power_factor * site.policy.derating, 3)
    return PowerDevice(
        name=name, hall=site.racks[rack].hall, kind="tap", parents=[feed], capacity_kva=round(kva, 3), rated_a=amperes,
        voltage_v=volts, phases=phases, redundancy=None, usable_kw=usable, load_kw=0.0, where=place,
    )  # fmt: skip


def sum_up(parents: dict[str, list[str]], own: dict[str, float]) -> dict[str, float]:
    """Return the load of each device: its own and its children's, split evenly over several parents.

    A device on a circle is counted once and passes nothing on; law PWR-7 names the circle.
    """
    waiting: dict[str, int] = defaultdict(int)
    for above in parents.values():
        for parent in above:
            waiting[parent] += 1
    total = defaultdict(float, own)
    ready = [key for key in sorted(parents) if waiting[key] == 0]
    while ready:
        key = ready.pop()
        for parent in parents.get(key, []):
            total[parent] += total[key] / len(parents[key])
            waiting[parent] -= 1
            if waiting[parent] == 0:
                ready.append(parent)
    return total
