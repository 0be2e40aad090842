"""Space: units, kilograms, air."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from gigaworks.inventory.catalog.catalogue import Equipment
from gigaworks.inventory.design.space import units_of
from gigaworks.inventory.laws.law import Case, Standing, count, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.problem import Problem


@law("SPA-1", "devices fit their rack and do not overlap")
def fits_the_rack(case: Case) -> Iterator[Problem | Measure]:
    """Each device takes ``u_height`` units from its position up; no unit is taken twice, none lies above the rack.

    U is 44.45 mm (EIA-310), OU is 48 mm (Open Rack); a device of one does not go into a rack of the other.
    """
    for key, devices in case.inside.items():
        rack = case.blueprint.racks[key]
        noun = case.site.racks[key].noun
        fitted = case.equipment(key)
        need = sum(d.designed.height for d in devices) + sum(units_of(it.device) for it in fitted)
        yield (taken := Measure(f"rack/{key}", "units taken", need, rack.height, rack.unit))
        if taken.broken:
            has = f"the rack has {rack.height:g} {rack.unit}"
            detail = f"its {count(len(devices) + len(fitted), 'device')} need {need:g} {rack.unit}, {has}"
            fix = f"a taller rack type, or {_fewer(devices, need - rack.height)} in this one"
            yield finding("SPA-1", f"rack/{key}", "does not hold its devices", detail, fix, noun.at("type"))
        else:
            yield from _above(case, key, devices)
        yield from _overlaps(key, devices, fitted)
        for device in devices:
            if device.device.overlay.unit != rack.unit and device.designed.height:
                detail = f"{device.name} is built for {device.device.overlay.unit}, the rack has {rack.unit}"
                fix = "another rack type or device"
                yield finding("SPA-1", f"rack/{key}", "mixes U and OU", detail, fix, device.noun.at("device"))


def _above(case: Case, key: str, devices: list[Standing]) -> Iterator[Problem]:
    rack = case.blueprint.racks[key]
    for device in devices:
        top = device.designed.position + device.designed.height - 1
        if device.designed.height and top > rack.height:
            detail = f"it would end at {top:g} {rack.unit}, the rack at {rack.height:g} {rack.unit}"
            fix = "a lower `position`, or give the other devices positions that leave one gap instead of several"
            subject = f"{device.kind}/{device.name}"
            yield finding("SPA-1", subject, "stands above the rack's top", detail, fix, device.noun.at("position"))


def _overlaps(key: str, devices: list[Standing], fitted: list[Equipment]) -> Iterator[Problem]:
    taken = {it.position + n: it.device.ref for it in fitted for n in range(units_of(it.device))}
    for device in devices:
        first = int(device.designed.position)
        units = range(first, first + int(device.designed.height))
        others = sorted({taken[u] for u in units if u in taken})
        if others:
            detail = f"{device.name} and {', '.join(others)} both take unit {min(u for u in units if u in taken)}"
            fix = "another `position`, or none: a free one is found"
            yield finding("SPA-1", f"rack/{key}", "has overlapping devices", detail, fix, device.noun.at("position"))
        taken.update(dict.fromkeys(units, device.name))


def _fewer(devices: list[Standing], over: float) -> str:
    fewer = 0
    for device in sorted(devices, key=lambda d: -d.designed.height):
        if over <= 0:
            break
        over -= device.designed.height
        fewer += 1
    return f"{count(fewer, 'device')} fewer"


@law("SPA-2", "rack and floor carry the weight")
def carries_the_weight(case: Case) -> Iterator[Problem | Measure]:
    """Σ kg of the devices ≤ the rack's max kg; (rack + devices) / footprint ≤ the hall's floor load in kg/m².

    Weights, limit and outer measures are the NetBox types' `weight`, `max_weight`, `outer_width` and `outer_depth`.
    A device or rack of unknown weight makes the sum a lower bound, and the law says so.
    """
    for key, devices in case.inside.items():
        rack, noun = case.blueprint.racks[key], case.site.racks[key].noun
        found = case.site.catalogue.rack(noun.type)
        own = (found[0].weight_kg or 0.0) if found else 0.0
        contents = rack.weight_kg - own
        inside_of = [*(d.device for d in devices), *(it.device for it in case.equipment(key))]
        unknown = sorted({device.ref for device in inside_of if device.type.weight is None})
        unknown += [noun.type] if found and found[0].weight is None else []
        bound = "≥ " if unknown else ""
        yield (inside := Measure(f"rack/{key}", f"{bound}weight of its devices", contents, rack.max_kg, "kg"))
        if inside.broken and rack.max_kg is not None:
            weigh, may = inside.texts
            detail = f"its devices weigh {weigh}, the rack carries {may}"
            fix = "a stronger rack type, or fewer devices"
            yield finding("SPA-2", f"rack/{key}", "is too heavy", detail, fix, noun.at("type"))
        floor, area = case.blueprint.halls[rack.hall].floor_kg_m2, found[0].footprint_m2 if found else None
        if floor is not None and area is not None:
            pressure = rack.weight_kg / area
            yield (load := Measure(f"rack/{key}", f"{bound}floor load", pressure, floor, "kg/m2"))
            if load.broken:
                presses, may = load.texts
                detail = f"{rack.weight_kg:,.0f} kg on {area:.2f} m2 are {presses}, the floor of hall {rack.hall} "
                detail += f"carries {may}"
                fix = "spread the load, or fewer devices in the rack"
                yield finding("SPA-2", f"rack/{key}", "is too heavy for the floor", detail, fix, noun.at("type"))
        if unknown and (rack.max_kg is not None or floor is not None):
            detail = f"≥ {rack.weight_kg:,.0f} kg; nobody says what these weigh: {', '.join(unknown)}"
            fix = "add `weight` to the type, in the site's device-types or rack-types folder"
            yield finding("SPA-2", f"rack/{key}", "has an unknown weight", detail, fix, noun.at(), "warning")
        if floor is not None and area is None:
            detail = f"the floor of hall {rack.hall} carries {floor:,.0f} kg/m2; nobody says how large the rack is"
            fix = f"add `outer_width` and `outer_depth` to rack type {noun.type}"
            yield finding("SPA-2", f"rack/{key}", "has an unknown footprint", detail, fix, noun.at("type"), "warning")


@law("SPA-4", "a busbar-fed device has a busbar")
def busbar_is_there(case: Case) -> Iterator[Problem | Measure]:
    """A device that takes its power from a busbar (Open Rack; overlay `busbar: true`) stands in a rack with one."""
    for key, devices in case.inside.items():
        found = case.site.catalogue.rack(case.site.racks[key].noun.type)
        needy = sorted({d.device.ref for d in devices if d.device.overlay.busbar})
        yield Measure(f"rack/{key}", "device types on a busbar", len(needy))
        if needy and found and not found[1].busbar:
            detail = f"{', '.join(needy)} take their power from a busbar; rack type {found[0].slug} has none"
            where = case.site.racks[key].noun.at("type")
            yield finding("SPA-4", f"rack/{key}", "has no busbar", detail, "a rack type with a busbar", where)


@law("SPA-3", "air flows one way in a row")
def airflow_agrees(case: Case) -> Iterator[Problem | Measure]:
    """Devices of one row blow the same way: one cold aisle, one hot aisle (ASHRAE TC 9.9).

    `front-to-rear` and `rear-to-front` never stand in one row; passive, side and mixed flow are not judged.
    """
    rows: dict[str, dict[str, list[Standing]]] = defaultdict(lambda: defaultdict(list))
    for key, devices in case.inside.items():
        rack = case.blueprint.racks[key]
        for device in devices:
            if device.device.type.airflow in ("front-to-rear", "rear-to-front"):
                rows[f"{rack.hall}/{rack.row}"][device.device.type.airflow].append(device)
    for row, ways in sorted(rows.items()):
        for way, devices in sorted(ways.items()):
            yield Measure(f"row/{row}", f"devices {way}", len(devices))
        if len(ways) > 1:
            fewer = min(ways.values(), key=len)
            names = ", ".join(d.name for d in fewer[:6])
            detail = f"{count(len(fewer), 'device')} against the rest, {fewer[0].device.type.airflow}: {names}"
            fix = "order them with the other fan direction, or move them to another row"
            yield finding("SPA-3", f"row/{row}", "mixes air directions", detail, fix, fewer[0].noun.at("device"))
