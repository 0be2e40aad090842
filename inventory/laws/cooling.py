"""Cooling: flow, shares of liquid and air, redundancy, leaks."""

from __future__ import annotations

import math
from collections.abc import Iterator

from gigaworks.inventory.design.cooling import liquid_share
from gigaworks.inventory.laws.law import Case, finding, kw, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.model.cooling import COOLANTS, CoolantNoun
from gigaworks.inventory.model.words import spare_units
from gigaworks.inventory.problem import Problem

AIR_KG_PER_M3, AIR_J_PER_KG_K = 1.2, 1005  # dry air at 20 °C and sea level


def litres_per_minute(kilowatts: float, delta_k: float, coolant: CoolantNoun = COOLANTS["water"]) -> float:
    """Return the flow that takes ``kilowatts`` away at ``delta_k``: kW · 60 / (cp · ρ · ΔT)."""
    carries: float = coolant.cp * coolant.density * delta_k  # kJ a litre
    return kilowatts * 60 / carries


def air_m3_per_hour(kilowatts: float, delta_k: float) -> float:
    """Return the air flow that takes ``kilowatts`` away at ``delta_k``: Q / (1.2 · 1005 · ΔT) · 3600."""
    return kilowatts * 1000 / (AIR_KG_PER_M3 * AIR_J_PER_KG_K * delta_k) * 3600


@law("COOL-1", "flow carries the heat")
def flow_carries(case: Case) -> Iterator[Problem | Measure]:
    """Q = ṁ · cp · ΔT; L/min = kW · 60 / (cp · ρ · ΔT), cp in kJ/(kg K) and ρ in kg/L of the declared `coolant`.

    Water (4.18, 0.997): 1.44 L/min a kW at 10 K, 0.96 at 15 K; PG25 (3.94, 1.019) needs 4 % more. A unit's flow carries
    the capacity that it claims, and a loop's flow the heat of everything on it.
    """
    for key, standing in case.site.cooling.items():
        noun, device = standing.noun, case.blueprint.cooling[key]
        heat, what = (device.load_kw, "its load") if noun.kind == "fws" else (noun.capacity, "the capacity it claims")
        if noun.flow is None or not noun.delta or not heat:
            continue
        need = litres_per_minute(heat, noun.delta, noun.fluid)
        yield (flow := Measure(f"cooling/{key}", f"flow for {what}", need, noun.flow, "L/min"))
        if flow.broken:
            needs, has = flow.texts
            detail = f"{what}, {kw(heat)} at {noun.delta:g} K, needs {needs}; it has {has}"
            fix = f"`flow: {math.ceil(need * 10) / 10:g} L/min`, a larger `delta`, or less heat"
            yield finding("COOL-1", f"cooling/{key}", "has too little flow", detail, fix, noun.at("flow"))


@law("COOL-2", "liquid and air each take their share")
def shares_are_taken(case: Case) -> Iterator[Problem | Measure]:
    """Liquid = draw × heat-capture share of the device, and a rear door's share of the rest; what is left goes to air.
    Σ air of a hall ≤ its air capacity, and a device that gives heat to liquid stands in a rack that has some.

    XH3000: about 97 % liquid.
    """
    for key, devices in case.inside.items():
        for device in devices if case.blueprint.racks[key].cooling is None else ():
            if device.device.liquid_share:
                detail = f"{device.device.ref} gives {device.device.liquid_share:.0%} of its heat to liquid; "
                detail += "the rack has no `cooling`"
                fix = "`cooling:` with the CDU group on the rack"
                where = case.site.racks[key].noun.at()
                yield finding("COOL-2", f"rack/{key}", "has no liquid cooling", detail, fix, where)
    for name, heat in hall_air_kw(case).items():
        limit, noun = case.blueprint.halls[name].air_kw, case.site.halls[name]
        yield (air := Measure(f"hall/{name}", "heat to air", heat, limit, "kW"))
        if limit is None and heat:
            detail = f"{kw(heat)} go to air and nobody says what the hall can take"
            fix = "`air_cooling:` in the hall"
            yield finding("COOL-2", f"hall/{name}", "has an unknown air capacity", detail, fix, noun.at(), "warning")
        elif limit is not None and air.broken:
            goes, may = air.texts
            detail = f"{goes} go to air, the hall takes {may}"
            fix = "devices with a larger liquid share, or fewer racks"
            yield finding("COOL-2", f"hall/{name}", "is too hot", detail, fix, noun.at("air_cooling"))


def hall_air_kw(case: Case) -> dict[str, float]:
    """Return the kW that the racks of each hall give to air, as far as draws are known."""
    heat = dict.fromkeys(case.blueprint.halls, 0.0)
    for key, devices in case.inside.items():
        hall = case.blueprint.racks[key].hall
        for device in devices:
            heat[hall] += (device.draw_kw or 0.0) * (1 - liquid_share(case.site, key, device.device))
    return heat


@law("COOL-3", "air moves the heat that it gets")
def air_moves(case: Case) -> Iterator[Problem | Measure]:
    """m³/h = Q / (1.2 · 1005 · ΔT) · 3600, with Q in W, air of 1.2 kg/m³ and 1005 J/(kg K).

    10.2 kW at 15 K need 2,030 m³/h. Judged where the hall declares `airflow` and `air_delta`.
    """
    for name, heat in hall_air_kw(case).items():
        noun = case.site.halls[name]
        if noun.airflow is None or not noun.air_delta:
            continue
        need = air_m3_per_hour(heat, noun.air_delta)
        yield (flow := Measure(f"hall/{name}", "air flow for its heat", need, noun.airflow, "m3/h"))
        if flow.broken:
            needs, moves = flow.texts
            detail = f"{kw(heat)} at {noun.air_delta:g} K need {needs}; it moves {moves}"
            fix = "more air, a larger `air_delta`, or more heat to liquid"
            yield finding("COOL-3", f"hall/{name}", "moves too little air", detail, fix, noun.at("airflow"))


@law("COOL-4", "CDUs carry the heat with the redundant ones off")
def units_suffice(case: Case) -> Iterator[Problem | Measure]:
    """(units − redundancy) · capacity ≥ liquid heat, and (units − redundancy) · flow ≥ the flow that heat needs."""
    for key, standing in case.site.cooling.items():
        noun, device, subject = standing.noun, case.blueprint.cooling[key], f"cooling/{key}"
        if noun.kind == "fws":
            continue
        units, spare = noun.units or 1, spare_units(noun.redundancy)
        yield (enough := Measure(subject, "units", units, spare + 1, least=True))
        if enough.broken:
            detail = f"redundancy {noun.redundancy} needs at least {spare + 1} units; it has {units}"
            fix = f"`units: {spare + 1}`"
            yield finding("COOL-4", subject, "has too few units", detail, fix, noun.at("redundancy"))
            continue
        with_off = f"with {spare} of {units} units off " if spare else ""
        yield (heat := Measure(subject, f"heat {with_off}".rstrip(), device.load_kw, device.capacity_kw, "kW"))
        if device.capacity_kw is None and device.load_kw:
            detail = f"takes {kw(device.load_kw)} and nobody says what it can take"
            yield finding("COOL-4", subject, "has an unknown capacity", detail, "`capacity:`", noun.at(), "warning")
        elif device.capacity_kw is not None and heat.broken:
            takes, may = heat.texts
            detail = f"takes {takes}; {with_off}it carries {may}"
            fix = "more `units`, or fewer racks on it"
            yield finding("COOL-4", subject, "is overloaded", detail, fix, noun.at("capacity"))
        if device.flow_l_min is not None and noun.delta:
            need = litres_per_minute(device.load_kw, noun.delta, noun.fluid)
            yield (flow := Measure(subject, f"flow {with_off}".rstrip(), need, device.flow_l_min, "L/min"))
            if flow.broken and not heat.broken:
                needs, moves = flow.texts
                detail = f"needs {needs}; {with_off}it moves {moves}"
                fix = "more `units`, or a larger `delta`"
                yield finding("COOL-4", subject, "moves too little coolant", detail, fix, noun.at("flow"))


@law("COOL-7", "a leak is seen, shut off, and takes no two pumps")
def leaks_are_contained(case: Case) -> Iterator[Problem | Measure]:
    """Every CDU group that cools a rack has leak detection and an isolation zone (`isolation: rack` or `row`), and its
    pumps hang on different feeds where it is redundant or its racks have several: they outlive a feed, so must it.
    Rear doors have no pumps of their own.
    """
    racks: dict[str, str] = {rack.cooling: key for key, rack in sorted(case.blueprint.racks.items()) if rack.cooling}
    for key, standing in case.site.cooling.items():
        noun, feeds = standing.noun, case.site.feeds[key]
        if noun.kind == "fws" or key not in racks:
            continue
        yield Measure(
            f"cooling/{key}",
            "leak detection and isolation",
            bool(noun.leak_detection) + bool(noun.isolation),
            2,
            least=True,
        )
        if not noun.leak_detection or noun.isolation is None:
            lacks = [] if noun.leak_detection else ["no leak detection"]
            lacks += [] if noun.isolation else ["no isolation zone"]
            detail = f"it cools racks and declares {' and '.join(lacks)}"
            fix = "declare what is there: `leak_detection: true`, `isolation: rack`"
            yield finding("COOL-7", f"cooling/{key}", "does not contain a leak", detail, fix, noun.at())
        outlives = len(case.site.feeds[racks[key]]) > 1
        if noun.kind == "rdhx" or not (spare_units(noun.redundancy) or outlives):
            continue
        yield (fed := Measure(f"cooling/{key}", "feeds of its pumps", len(feeds), 2, least=True))
        if fed.broken:
            on = ", ".join(feeds) or "nothing that is declared"
            why = (
                f"redundancy {noun.redundancy}" if spare_units(noun.redundancy) else f"rack {racks[key]} has two feeds"
            )
            detail = f"{why}, and every pump hangs on {on}"
            fix = "`feeds:` with two feeds"
            yield finding("COOL-7", f"cooling/{key}", "has its pumps on one feed", detail, fix, noun.at("feeds"))
