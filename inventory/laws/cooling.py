"""Cooling: flow, shares of liquid and air, redundancy, temperatures."""

from __future__ import annotations

from collections.abc import Iterator

from gigaworks.inventory.laws.law import Case, finding, kw, law
from gigaworks.inventory.model.words import spare_units
from gigaworks.inventory.problem import Problem

CP_KJ_PER_KG_K = 4.18  # water at 20 to 40 °C
KG_PER_LITRE = 0.997
W_CLASS_MAX_C = {"W17": 17, "W27": 27, "W32": 32, "W40": 40, "W45": 45}  # ASHRAE TC 9.9, 2021; W+ is above 45


def litres_per_minute(kilowatts: float, delta_k: float) -> float:
    """Return the water flow that takes ``kilowatts`` away at ``delta_k``: kW · 60 / (cp · ρ · ΔT)."""
    return kilowatts * 60 / (CP_KJ_PER_KG_K * KG_PER_LITRE * delta_k)


def air_m3_per_hour(kilowatts: float, delta_k: float) -> float:
    """Return the air flow that takes ``kilowatts`` away at ``delta_k``: Q / (1.2 · 1005 · ΔT) · 3600."""
    return kilowatts * 1000 / (1.2 * 1005 * delta_k) * 3600


def hall_air_kw(case: Case) -> dict[str, float]:
    """Return the kW of each hall that go to air: Σ draw × (1 - heat-capture share); unknown draws are left out."""
    air = dict.fromkeys(case.blueprint.halls, 0.0)
    for key, devices in case.inside.items():
        air[case.blueprint.racks[key].hall] += sum((d.draw_kw or 0.0) * (1 - d.device.liquid_share) for d in devices)
    return air


@law("COOL-1", "flow carries the heat")
def flow_carries(case: Case) -> Iterator[Problem]:
    """Q = ṁ · cp · ΔT; L/min = kW · 60 / (cp · ρ · ΔT), water: cp 4.18 kJ/(kg K), ρ 0.997 kg/L.

    1.44 L/min a kW at 10 K, 0.96 at 15 K; water with glycol (PG25) needs more. A unit's flow carries the capacity that
    it claims, and a loop's flow the heat of everything on it.
    """
    for key, standing in case.site.cooling.items():
        noun, device = standing.noun, case.blueprint.cooling[key]
        heat, what = (device.load_kw, "its load") if noun.kind == "fws" else (noun.capacity, "the capacity it claims")
        if noun.flow is None or noun.delta is None or not heat:
            continue
        need = litres_per_minute(heat, noun.delta)
        if need > noun.flow:
            detail = f"{what}, {kw(heat)} at {noun.delta:g} K, needs {need:,.0f} L/min; it has {noun.flow:,.0f} L/min"
            fix = f"`flow: {need:.0f} L/min`, a larger `delta`, or less heat"
            yield finding("COOL-1", f"cooling/{key}", "has too little flow", detail, fix, noun.at("flow"))


@law("COOL-2", "liquid and air each take their share")
def shares_are_taken(case: Case) -> Iterator[Problem]:
    """Liquid = draw × heat-capture share of the device; the rest goes to air. Σ air of a hall ≤ its air capacity, and
    a device that gives heat to liquid stands in a rack that has some. XH3000: about 97 % liquid.
    """
    for key, devices in case.inside.items():
        rack = case.blueprint.racks[key]
        for device in devices:
            share = device.device.liquid_share
            if share and rack.cooling is None:
                detail = f"{device.device.ref} gives {share:.0%} of its heat to liquid; the rack has no `cooling`"
                fix = "`cooling:` with the CDU group on the rack"
                where = case.site.racks[key].noun.at()
                yield finding("COOL-2", f"rack/{key}", "has no liquid cooling", detail, fix, where)
    for name, heat in hall_air_kw(case).items():
        limit, noun = case.blueprint.halls[name].air_kw, case.site.halls[name]
        if limit is None and heat:
            detail = f"{kw(heat)} go to air and nobody says what the hall can take"
            fix = "`air_cooling:` in the hall"
            yield finding("COOL-2", f"hall/{name}", "has an unknown air capacity", detail, fix, noun.at(), "warning")
        elif limit is not None and heat > limit:
            detail = f"{kw(heat)} go to air, the hall takes {kw(limit)}"
            fix = "devices with a larger liquid share, or fewer racks"
            yield finding("COOL-2", f"hall/{name}", "is too hot", detail, fix, noun.at("air_cooling"))


@law("COOL-3", "air moves the heat that it gets")
def air_moves(case: Case) -> Iterator[Problem]:
    """m³/h = Q / (1.2 · 1005 · ΔT) · 3600, with Q in W, air of 1.2 kg/m³ and 1005 J/(kg K).

    10.2 kW at 15 K need 2,030 m³/h. Judged where the hall declares `airflow` and `air_delta`.
    """
    for name, heat in hall_air_kw(case).items():
        noun = case.site.halls[name]
        if noun.airflow is None or not noun.air_delta:
            continue
        need = air_m3_per_hour(heat, noun.air_delta)
        if need > noun.airflow:
            detail = (
                f"{kw(heat)} at {noun.air_delta:g} K need {need:,.0f} m3/h; the hall moves {noun.airflow:,.0f} m3/h"
            )
            fix = "more air, a larger `air_delta`, or more heat to liquid"
            yield finding("COOL-3", f"hall/{name}", "moves too little air", detail, fix, noun.at("airflow"))


@law("COOL-4", "CDUs carry the heat with the redundant ones off")
def units_suffice(case: Case) -> Iterator[Problem]:
    """(units − redundancy) · capacity ≥ liquid heat, and (units − redundancy) · flow ≥ the flow that heat needs."""
    for key, standing in case.site.cooling.items():
        noun, device = standing.noun, case.blueprint.cooling[key]
        if noun.kind == "fws":
            continue
        units = noun.units or 1
        running = units - spare_units(noun.redundancy)
        with_off = f"with {units - running} of {units} units off " if running < units else ""
        if running < 1:
            detail = (
                f"redundancy {noun.redundancy} needs at least {spare_units(noun.redundancy) + 1} units; it has {units}"
            )
            fix = f"`units: {spare_units(noun.redundancy) + 1}`"
            yield finding("COOL-4", f"cooling/{key}", "has too few units", detail, fix, noun.at("redundancy"))
        elif device.capacity_kw is None and device.load_kw:
            detail = f"takes {kw(device.load_kw)} and nobody says what it can take"
            yield finding(
                "COOL-4", f"cooling/{key}", "has an unknown capacity", detail, "`capacity:`", noun.at(), "warning"
            )
        elif device.capacity_kw is not None and device.load_kw > device.capacity_kw:
            detail = f"takes {kw(device.load_kw)}; {with_off}it carries {kw(device.capacity_kw)}"
            fix = "more `units`, or fewer racks on it"
            yield finding("COOL-4", f"cooling/{key}", "is overloaded", detail, fix, noun.at("capacity"))
        elif device.flow_l_min is not None and noun.delta is not None:
            need = litres_per_minute(device.load_kw, noun.delta)
            if need > device.flow_l_min:
                detail = f"needs {need:,.0f} L/min; {with_off}it moves {device.flow_l_min:,.0f} L/min"
                fix = "more `units`, or a larger `delta`"
                yield finding("COOL-4", f"cooling/{key}", "moves too little water", detail, fix, noun.at("flow"))


@law("COOL-5", "water arrives cold enough")
def cold_enough(case: Case) -> Iterator[Problem]:
    """Facility supply °C + CDU approach (3 to 5 K) ≤ the lowest max inlet °C of the devices it cools; facility supply
    ≤ its ASHRAE water class (W32: 32 °C; W32 + 5 K = 37 °C at the cold plate).
    """
    for key, standing in case.site.cooling.items():
        noun = standing.noun
        if noun.kind == "fws" and noun.supply is not None and noun.water_class is not None:
            limit = W_CLASS_MAX_C.get(noun.water_class)
            if limit is not None and noun.supply > limit:
                detail = f"supplies {noun.supply:g} C; class {noun.water_class} ends at {limit} C"
                fix = "colder water, or the class that it really has"
                yield finding("COOL-5", f"cooling/{key}", "is warmer than its class", detail, fix, noun.at("supply"))
    for key, rack in case.blueprint.racks.items():
        limits = [d.device.overlay.max_inlet for d in case.inside[key] if d.device.liquid_share]
        known = [limit for limit in limits if limit is not None]
        if rack.cooling is None or not known:
            continue
        noun = case.site.cooling[rack.cooling].noun
        loop = case.blueprint.cooling.get(case.blueprint.cooling[rack.cooling].loop or "")
        if loop is None or loop.supply_c is None or noun.approach is None:
            continue
        arrives = loop.supply_c + noun.approach
        if arrives > min(known):
            detail = (
                f"{loop.supply_c:g} C and {noun.approach:g} K of approach arrive at {arrives:g} C; "
                f"its devices take at most {min(known):g} C"
            )
            fix = "colder facility water, a CDU with less approach, or devices for warmer water"
            where = case.site.racks[key].noun.at("cooling")
            yield finding("COOL-5", f"rack/{key}", "gets water that is too warm", detail, fix, where)


@law("COOL-6", "no water is cold enough to sweat")
def above_dew_point(case: Case) -> Iterator[Problem]:
    """Technology water (facility supply + CDU approach) ≥ dew point of the hall + 2 K, where both are declared."""
    for key, standing in case.site.cooling.items():
        noun, device = standing.noun, case.blueprint.cooling[key]
        loop = case.blueprint.cooling.get(device.loop or "")
        dew = case.site.halls[device.hall].dew_point
        if loop is None or loop.supply_c is None or noun.approach is None or dew is None:
            continue
        supply = loop.supply_c + noun.approach
        if supply < dew + 2:
            detail = f"supplies {supply:g} C; the hall's dew point is {dew:g} C, with 2 K of distance {dew + 2:g} C"
            fix = "warmer facility water, or drier air"
            yield finding("COOL-6", f"cooling/{key}", "lets pipes sweat", detail, fix, noun.at("approach"))


@law("COOL-7", "a leak is seen, shut off, and takes no two pumps")
def leaks_are_contained(case: Case) -> Iterator[Problem]:
    """Every CDU group that cools a rack has leak detection and an isolation zone (`isolation: rack` or `row`), and the
    pumps of a redundant group hang on different feeds.
    """
    used = {rack.cooling for rack in case.blueprint.racks.values()}
    for key, standing in case.site.cooling.items():
        noun = standing.noun
        if noun.kind == "fws" or key not in used:
            continue
        if not noun.leak_detection or noun.isolation is None:
            lacks = [] if noun.leak_detection else ["no leak detection"]
            lacks += [] if noun.isolation else ["no isolation zone"]
            detail = f"it cools racks and declares {' and '.join(lacks)}"
            fix = "declare what is there: `leak_detection: true`, `isolation: rack`"
            yield finding("COOL-7", f"cooling/{key}", "does not contain a leak", detail, fix, noun.at())
        if spare_units(noun.redundancy) and len(case.site.feeds[key]) < 2:
            feeds = ", ".join(case.site.feeds[key]) or "nothing that is declared"
            detail = f"redundancy {noun.redundancy}, and every pump hangs on {feeds}"
            fix = "`feeds:` with two feeds"
            yield finding("COOL-7", f"cooling/{key}", "has its pumps on one feed", detail, fix, noun.at("feeds"))
