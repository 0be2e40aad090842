"""The cable schedule: what the people who pull and label cables work from."""

from __future__ import annotations

from gigaworks.cli.views.exports.table import Cell, table
from gigaworks.inventory.blueprint import Blueprint, CableEnd, Node, Switch

_END = ("hall", "row", "rack", "unit", "device", "port")
_HEAD = (
    "cable", "fabric", "speed_gbit_s", "media", "length_m",
    *(f"a_{name}" for name in _END), *(f"b_{name}" for name in _END), "label_a", "label_b",
)  # fmt: skip


def cable_schedule(blueprint: Blueprint) -> str:
    """Return the schedule; each end's label says which cable it is, where it is plugged in and where it leads."""
    return table(
        _HEAD,
        (
            (
                cable.id,
                cable.fabric,
                cable.speed_mbit_s / 1000 if cable.speed_mbit_s else None,
                cable.media,
                cable.length_m,
                *_end(blueprint, cable.a),
                *_end(blueprint, cable.b),
                f"{cable.id} {cable.a} > {cable.b}",
                f"{cable.id} {cable.b} > {cable.a}",
            )
            for cable in blueprint.cables
        ),
    )


def _end(blueprint: Blueprint, end: CableEnd) -> tuple[Cell, ...]:
    device: Node | Switch | None = blueprint.nodes.get(end.device) or blueprint.switches.get(end.device)
    if device is None:
        return ("", "", "", "", end.device, end.port)
    rack = blueprint.racks[device.rack]
    unit = f"{rack.unit} {device.position:g}" if device.position else ""
    return (rack.hall, rack.row, rack.name, unit, end.device, end.port)
