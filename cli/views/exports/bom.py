"""The bill of materials: how many of what is to be bought."""

from __future__ import annotations

from collections import Counter, defaultdict

from gigaworks.cli.views.exports.table import Cell, table
from gigaworks.inventory.blueprint import Blueprint

_HEAD = ("category", "manufacturer", "model", "quantity", "media", "speed_gbit_s", "length_m", "total_m", "for")


def bill_of_materials(blueprint: Blueprint) -> str:
    """Return the bill: racks, PDUs, nodes, switches, power and cooling devices, cables by medium and length."""
    return table(_HEAD, [*_racks(blueprint), *_devices(blueprint), *_plant(blueprint), *_cables(blueprint)])


def _row(category: str, manufacturer: str, model: str, quantity: int, purpose: str) -> tuple[Cell, ...]:
    return (category, manufacturer, model, quantity, "", None, None, None, purpose)


def _racks(blueprint: Blueprint) -> list[tuple[Cell, ...]]:
    rows = []
    for ref, number in sorted(Counter(rack.type for rack in blueprint.racks.values()).items()):
        kind = blueprint.rack_types.get(ref)
        rows.append(_row("rack", kind.manufacturer if kind else "", kind.model if kind else ref, number, ""))
    limits = Counter("any" if pdu.limit_kw is None else f"{pdu.limit_kw:.1f} kW" for pdu in blueprint.pdus.values())
    return rows + [_row("rack PDU", "", limit, number, "") for limit, number in sorted(limits.items())]


def _devices(blueprint: Blueprint) -> list[tuple[Cell, ...]]:
    used: dict[tuple[str, str], list[str]] = defaultdict(list)
    for node in blueprint.nodes.values():
        used["node", node.device].append(node.profile)
    for switch in blueprint.switches.values():
        used["switch", switch.device].append(f"{switch.fabric} {switch.tier}")
    for rack in blueprint.racks.values():
        kind_of_rack = blueprint.rack_types.get(rack.type)
        for it in kind_of_rack.equipment if kind_of_rack else ():
            used["equipment", it.device].append(rack.type)
    rows = []
    for (category, ref), purposes in sorted(used.items()):
        kind = blueprint.device_types.get(ref)
        told = ", ".join(f"{name} {number}" for name, number in sorted(Counter(purposes).items()))
        maker, model = (kind.manufacturer, kind.model) if kind else ("", ref)
        rows.append(_row(category, maker, model, len(purposes), told))
    return rows


def _plant(blueprint: Blueprint) -> list[tuple[Cell, ...]]:
    power = Counter(
        (it.kind, f"{it.rated_a:g} A" if it.rated_a else f"{it.capacity_kva:g} kVA" if it.capacity_kva else "")
        for it in blueprint.power.values()
        if it.kind != "tap"
    )
    cooling = Counter(
        (it.kind, f"{it.capacity_kw:g} kW" if it.capacity_kw is not None else "") for it in blueprint.cooling.values()
    )
    return [
        _row(kind, "", rating, number, "")
        for group in (power, cooling)
        for (kind, rating), number in sorted(group.items())
    ]


def _cables(blueprint: Blueprint) -> list[tuple[Cell, ...]]:
    counted: dict[tuple[str, int, float], Counter[str]] = defaultdict(Counter)
    for cable in blueprint.cables:
        counted[cable.media, cable.speed_mbit_s or 0, cable.length_m][cable.fabric] += 1
    return [
        (
            "cable",
            "",
            "",
            fabrics.total(),
            media,
            speed / 1000 if speed else None,
            length,
            round(length * fabrics.total(), 1),
            ", ".join(f"{fabric} {number}" for fabric, number in sorted(fabrics.items())),
        )
        for (media, speed, length), fabrics in sorted(counted.items())
    ]
