"""Powering on: what a wave of nodes may ask of a feeder and of a CDU."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from gigaworks.inventory.design.cooling import liquid_share
from gigaworks.inventory.design.power import tap_name
from gigaworks.inventory.laws.law import Case, finding, kw, law, power_place
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.laws.power import demand_kw
from gigaworks.inventory.problem import Problem


@law("PWR-12", "a wave of power-ons never exceeds the feeder")
def power_on_fits(case: Case) -> Iterator[Problem | Measure]:
    """Behind each feeder one node comes on at a time, `policy.ramp` apart. The last one: load of all the rest + its kW
    there × `policy.inrush` ≤ usable, for rack taps, busways and floor PDUs and what is above; and behind each CDU group
    60 / ramp s × the largest node's liquid kW ≤ the group's `ramp` in kW/min, where it is declared.

    Inrush is policy: 1 says that no node draws more than its maximum when it starts, and then PWR-6 says it all for
    feeders. A plan's waves are cut by the same figures.
    """
    inrush, ramp = case.site.policy.inrush, case.site.policy.ramp
    for key, step in sorted(_largest_steps(case).items()) if inrush > 1 else ():
        usable, load = case.blueprint.power[key].usable_kw, demand_kw(case, key)
        peak = load + (inrush - 1) * step
        yield (surge := Measure(f"power/{key}", f"load, {kw(step)} starting", peak, max(usable, load), "kW"))
        if surge.broken:
            peaks, may = surge.texts
            detail = f"{kw(load)} with {kw(step)} of it starting at x {inrush:g} are {peaks}; usable are {may}"
            fix = "a larger rating, less load, or machines that start one supply after the other (`inrush`)"
            yield finding("PWR-12", f"power/{key}", "cannot start its last node", detail, fix, power_place(case, key))
    for key, heat in sorted(_largest_heats(case).items()):
        noun = case.site.cooling[key].noun
        if noun.ramp is None:
            continue
        grows = heat * 60 / ramp
        yield (growth := Measure(f"cooling/{key}", "heat of a wave", grows, noun.ramp, "kW/min"))
        if growth.broken:
            slower = math.ceil(heat * 60 / noun.ramp * 10) / 10
            detail = f"{kw(heat)} every {ramp:g} s are {growth.texts[0]}; it follows {growth.texts[1]}"
            fix = f"`ramp: {slower:g} s` in the policy" if noun.ramp else "the `ramp` that it really has"
            yield finding("PWR-12", f"cooling/{key}", "cannot follow a wave", detail, fix, noun.at("ramp"))


def _largest_steps(case: Case) -> dict[str, float]:
    """Return the kW by which the largest single node raises each power device when it comes on, all feeds up."""
    steps: dict[str, float] = defaultdict(float)
    for rack, devices in case.inside.items():
        feeds = case.site.feeds[rack]
        own: dict[str, float] = defaultdict(float)
        for device in devices:
            for feed, inlets in device.inlets.items() if device.kind == "node" else ():
                own[feed] = max(own[feed], (device.draw_kw or 0.0) * inlets / sum(device.inlets.values()))
        for feed, step in own.items():
            steps[tap_name(rack, feeds.index(feed))] = step
            steps[feed] = max(steps[feed], step)
    waiting = sorted(steps.keys() & case.site.power.keys())
    while waiting:  # a step only grows: a circle, which PWR-7 names, comes to an end as each pass adds nothing
        key = waiting.pop()
        for parent in case.site.parents[key]:
            share = steps[key] / len(case.site.parents[key])
            if share > steps[parent]:
                steps[parent] = share
                waiting.append(parent)
    return {key: step for key, step in steps.items() if step}


def _largest_heats(case: Case) -> dict[str, float]:
    """Return the kW that the largest single node gives to each cooling group."""
    heats: dict[str, float] = defaultdict(float)
    for rack, devices in case.inside.items():
        group = case.blueprint.racks[rack].cooling
        for device in devices if group is not None else ():
            heat = (device.draw_kw or 0.0) * liquid_share(case.site, rack, device.device)
            if device.kind == "node" and group is not None:
                heats[group] = max(heats[group], heat)
    return heats
