"""Temperatures of coolant: cold enough for the devices, warm enough not to sweat."""

from __future__ import annotations

from collections.abc import Iterator

from gigaworks.inventory.laws.law import Case, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.problem import Problem

W_CLASS_MAX_C = {"W17": 17, "W27": 27, "W32": 32, "W40": 40, "W45": 45}  # ASHRAE TC 9.9, 2021; W+ is above 45
DEW_POINT_DISTANCE_K = 2


def tcs_supply_c(case: Case, key: str) -> float | None:
    """Return the °C at which a CDU group supplies its racks: as declared, else facility supply + approach."""
    noun = case.site.cooling[key].noun
    return _reachable_c(case, key) if noun.supply is None else noun.supply


def _reachable_c(case: Case, key: str) -> float | None:
    """Return the coldest that a CDU group can supply: facility supply + approach."""
    noun, loop = case.site.cooling[key].noun, case.blueprint.cooling.get(case.blueprint.cooling[key].loop or "")
    return None if loop is None or loop.supply_c is None or noun.approach is None else loop.supply_c + noun.approach


@law("COOL-5", "coolant arrives cold enough")
def cold_enough(case: Case) -> Iterator[Problem | Measure]:
    """Facility supply °C + CDU approach (3 to 5 K) ≤ the lowest max inlet °C of the devices it cools; a CDU group is
    not set to colder than that; facility supply ≤ its ASHRAE water class.

    W32: 32 °C; W32 + 5 K = 37 °C at the cold plate.
    """
    for key, standing in case.site.cooling.items():
        noun, reachable = standing.noun, _reachable_c(case, key)
        limit = W_CLASS_MAX_C.get(noun.water_class or "")
        if noun.kind == "fws" and noun.supply is not None and limit is not None:
            yield (supplied := Measure(f"cooling/{key}", f"supply, class {noun.water_class}", noun.supply, limit, "C"))
            if supplied.broken:
                detail = f"supplies {noun.supply:g} C; class {noun.water_class} ends at {limit} C"
                fix = "colder water, or the class that it really has"
                yield finding("COOL-5", f"cooling/{key}", "is warmer than its class", detail, fix, noun.at("supply"))
        if noun.kind != "fws" and noun.supply is not None and reachable is not None:
            yield (cold := Measure(f"cooling/{key}", "supply", noun.supply, reachable, "C", least=True))
            if cold.broken:
                detail = f"set to {noun.supply:g} C; its facility water and approach give {reachable:g} C"
                fix = f"`supply: {reachable:g} C`, colder facility water, or a smaller approach"
                yield finding("COOL-5", f"cooling/{key}", "promises too cold a supply", detail, fix, noun.at("supply"))
    for key, rack in case.blueprint.racks.items():
        limits = [d.device.overlay.max_inlet for d in case.inside[key] if d.device.liquid_share]
        known = [limit for limit in limits if limit is not None]
        arrives = tcs_supply_c(case, rack.cooling) if rack.cooling is not None else None
        if arrives is None or not known:
            continue
        yield (inlet := Measure(f"rack/{key}", "coolant at the inlet", arrives, min(known), "C"))
        if inlet.broken:
            detail = f"{_how(case, rack.cooling or '')} at {arrives:g} C; its devices take at most {min(known):g} C"
            fix = "colder facility water, a CDU with less approach, or devices for warmer water"
            where = case.site.racks[key].noun.at("cooling")
            yield finding("COOL-5", f"rack/{key}", "gets water that is too warm", detail, fix, where)


def _how(case: Case, key: str) -> str:
    noun, loop = case.site.cooling[key].noun, case.blueprint.cooling.get(case.blueprint.cooling[key].loop or "")
    if noun.supply is not None or loop is None or loop.supply_c is None:
        return f"{key} supplies"
    return f"{loop.supply_c:g} C and {noun.approach:g} K of approach arrive"


@law("COOL-6", "no pipe is cold enough to sweat")
def above_dew_point(case: Case) -> Iterator[Problem | Measure]:
    """Technology water (as declared, else facility supply + CDU approach) ≥ dew point of the hall + 2 K, where both are
    declared.
    """
    for key, standing in case.site.cooling.items():
        dew, supply = case.site.halls[standing.hall or ""].dew_point, tcs_supply_c(case, key)
        if standing.noun.kind == "fws" or supply is None or dew is None:
            continue
        limit = dew + DEW_POINT_DISTANCE_K
        yield (warm := Measure(f"cooling/{key}", "supply", supply, limit, "C", least=True))
        if warm.broken:
            detail = f"supplies {supply:g} C; the hall's dew point is {dew:g} C, with 2 K of distance {limit:g} C"
            fix = "warmer facility water, or drier air"
            yield finding("COOL-6", f"cooling/{key}", "lets pipes sweat", detail, fix, standing.noun.at("approach"))
