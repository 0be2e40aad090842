"""A rack's front and rear as SVG; a unit is 18 pixels high."""

from __future__ import annotations

from gigaworks.cli.record.pictures.elevation import Elevation, Slot
from gigaworks.cli.views.rack import rear_lines, weight
from gigaworks.cli.views.svg.draw import Drawing
from gigaworks.cli.views.text import at_least, figure, joined

_UNIT, _WIDE, _TOP = 18, 250, 84
_FRONT, _REAR = 50, 360
STATES = {"in service": "good", "failed": "bad", "quarantined": "bad", "": "idle", "expected": "idle"}


def draw_rack(it: Elevation) -> str:
    """Return both sides; nodes are filled by their state."""
    rack = it.rack
    told = (
        f"{rack.type}, row {rack.row} place {rack.slot}, {at_least(rack.draw_kw, rack.unknown_draws)} of "
        f"{figure(rack.max_kw, 'kW')}, {weight(it)}"
    )
    drawing = Drawing(f"Rack {it.key}, front and rear", told)
    drawing.text(20, 28, it.key, kind="head")
    drawing.text(20, 46, told, kind="soft")
    units = int(max([rack.height, *(slot.top for slot in it.slots)]))
    for x, name in ((_FRONT, "front"), (_REAR, "rear")):
        drawing.text(x, _TOP - 10, name, kind="soft")
        drawing.box(x, _TOP, _WIDE, units * _UNIT, round_=2)
    for unit in range(1, units + 1):
        drawing.text(_FRONT - 8, _TOP + (units - unit) * _UNIT + 13, str(unit), kind="small soft end")
    for slot in it.slots:
        if slot.bottom:
            _slot(drawing, it, slot, _TOP + (units - slot.top) * _UNIT)
    bottom = _TOP + units * _UNIT + 20
    for number, pdu in enumerate(it.pdus):
        side = f"rear PDU {pdu.name} on {pdu.feed}, {figure(pdu.limit_kw, 'kW')}, {len(pdu.outlets)} outlets used"
        drawing.text(_FRONT, bottom + number * 16, side, kind="small")
    beside = [slot.name for slot in it.slots if not slot.bottom]
    if beside:
        drawing.text(_FRONT, bottom + len(it.pdus) * 16, f"beside the units: {', '.join(beside)}", kind="small")
    return drawing.svg()


def _slot(drawing: Drawing, it: Elevation, slot: Slot, y: float) -> None:
    height = max(slot.height, 1) * _UNIT
    draw = figure(slot.draw_kw, "kW") if slot.draw_kw is not None else "draw unknown"
    units = f"{it.rack.unit} {slot.bottom:g} to {slot.top:g}"
    front = joined([slot.name, units, slot.device, draw, slot.state])
    drawing.box(_FRONT + 2, y + 1, _WIDE - 4, height - 2, kind=STATES.get(slot.state, "warn"), title=front)
    drawing.text(_FRONT + 8, y + 13, f"{slot.name}  {draw}  {slot.state}", room=_WIDE - 16, kind="small")
    if height > _UNIT:
        drawing.text(_FRONT + 8, y + 13 + _UNIT, slot.device, room=_WIDE - 16, kind="small soft")
    rear = rear_lines(slot, it.rack.name)
    deep = _WIDE - 4 if slot.full_depth else _WIDE / 2
    drawing.box(_REAR + 2, y + 1, deep, height - 2, kind="idle", title=joined([slot.name, *rear]))
    for number, line in enumerate(rear if height > _UNIT else [joined(rear)]):
        drawing.text(_REAR + 8, y + 13 + number * _UNIT, line, room=_WIDE - 16, kind="small")
