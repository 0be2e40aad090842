"""The floor plan of a hall as SVG, to scale: 1 m is 70 pixels."""

from __future__ import annotations

from gigaworks.cli.record.pictures.floor import Floor, Spot
from gigaworks.cli.views.floor import BAD
from gigaworks.cli.views.svg.draw import Drawing, load_kind
from gigaworks.cli.views.text import at_least, count, figure, joined

_PIXELS = 0.07  # a millimetre
_LEFT, _TOP = 60, 60


def draw_floor(it: Floor) -> str:
    """Return the plan: rows from the back to the front, each rack filled by what it draws of what it may."""
    racks = sum(len(row.spots) for row in it.rows)
    power = f"{at_least(it.draw_kw, it.unknown)} of {figure(it.hall.it_kw, 'kW')} IT"
    told = joined([count(racks, "rack"), power, count(it.accelerators, "accelerator") if it.accelerators else ""])
    drawing = Drawing(f"Floor plan of hall {it.hall.name}", told)
    drawing.text(20, 28, f"Hall {it.hall.name}", kind="head")
    drawing.text(
        20, 46, f"{told} · green up to 80 % of what a rack may draw, dashed where a draw is unknown", kind="soft"
    )
    for row in it.rows:
        top, depth = _TOP + row.y_mm * _PIXELS, row.depth_mm * _PIXELS
        drawing.text(_LEFT - 10, top + depth / 2 + 4, row.name, kind="end")
        for spot in row.spots:
            _rack(drawing, spot, _LEFT + spot.x_mm * _PIXELS, top, depth)
    return drawing.svg()


def _rack(drawing: Drawing, spot: Spot, x: float, y: float, depth: float) -> None:
    rack, width = spot.rack, spot.width_mm * _PIXELS
    power = f"{at_least(rack.draw_kw, rack.unknown_draws)} of {figure(rack.max_kw, 'kW')}"
    states = joined([f"{state} {number}" for state, number in spot.states.items()]) or "no node"
    unknown = f"{count(rack.unknown_draws, 'device')} of unknown draw" if rack.unknown_draws else ""
    weight = ("≥ " if spot.unweighed else "") + figure(rack.weight_kg, "kg")
    title = joined([spot.key, power, unknown, weight, states])
    drawing.box(x, y, width, depth, kind=load_kind(rack.draw_kw, rack.max_kw, rack.unknown_draws), title=title)
    drawing.text(x + width / 2 - 3, y + depth - 5, rack.name, turned=True, room=depth - 8, kind="small")
    bad = any(spot.states.get(state) for state in BAD)
    second = f"{figure(rack.draw_kw)} kW{' !' if bad else ''}"
    drawing.text(x + width / 2 + 11, y + depth - 5, second, turned=True, room=depth - 8, kind="small soft")
