"""Trees of power and cooling as SVG, from the source at the left to the racks at the right."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from gigaworks.cli.record.pictures.cooling import Cooler, HallCooling
from gigaworks.cli.record.pictures.power import Level
from gigaworks.cli.record.pictures.tree import Branch
from gigaworks.cli.views import cooling, power
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.svg.draw import Drawing, load_kind
from gigaworks.cli.views.text import joined

_WIDE, _HIGH, _ACROSS, _DOWN = 210, 60, 250, 74


class Knot(NamedTuple):
    """A box of a tree: three lines of text, how far it is loaded, what hangs on it."""

    name: str
    second: str
    third: str
    load: float
    limit: float | None
    unknown: int
    below: Sequence[Knot]


def draw_power(branches: list[Branch[Level]], site: str, contract: str) -> str:
    """Return the one-line diagram."""
    return _draw(f"Power of {site}", contract, [_level(branch) for branch in branches])


def draw_cooling(halls: list[HallCooling], site: str) -> str:
    """Return air and liquid of every hall."""
    knots = []
    for hall in halls:
        knots.append(_cooler(f"{hall.hall} air", "air", [hall.air], []))
        knots += [_liquid(branch) for branch in hall.liquid]
    return _draw(f"Cooling of {site}", "What goes to air, what each loop and unit takes, what each could", knots)


def _level(branch: Branch[Level]) -> Knot:
    load, usable, headroom, used = power.figures(branch)
    second = joined([power.kind(branch), f"headroom {headroom}"])
    levels = branch.each.values()
    most = max(level.device.load_kw for level in levels)
    below = [_level(child) for child in branch.below]
    third = f"{load} of {usable}, {used}"
    unknown = max(level.unknown for level in levels)
    return Knot(power.names(branch.each), second, third, most, branch.first.device.usable_kw, unknown, below)


def _liquid(branch: Branch[Cooler]) -> Knot:
    below = [_liquid(child) for child in branch.below]
    return _cooler(fold(branch.each), cooling.kind(branch), list(branch.each.values()), below)


def _cooler(name: str, kind: str, these: list[Cooler], below: list[Knot]) -> Knot:
    load, capacity, headroom, used = cooling.figures(these)
    second = joined([kind, f"headroom {headroom}" if headroom and headroom != "unknown" else "", cooling.note(these)])
    third = joined([f"{load} of {capacity}" if capacity else load, used])
    most, unknown = max(it.load_kw for it in these), max(it.unknown for it in these)
    return Knot(name, second, third, most, these[0].capacity_kw, unknown, below)


def _draw(title: str, told: str, knots: list[Knot]) -> str:
    drawing = Drawing(title, told)
    drawing.text(20, 28, title, kind="head")
    drawing.text(20, 46, told, kind="soft")
    y = 64.0
    for knot in knots:
        y = _place(drawing, knot, 20, y)[1]
    return drawing.svg()


def _place(drawing: Drawing, knot: Knot, x: float, y: float) -> tuple[float, float]:
    """Draw a knot and what hangs on it; return the middle of its box and where the next tree may begin."""
    middles, below = [], y
    for child in knot.below:
        middle, below = _place(drawing, child, x + _ACROSS, below)
        middles.append(middle)
    top = (middles[0] + middles[-1]) / 2 - _HIGH / 2 if middles else y
    middle = top + _HIGH / 2
    for other in middles:
        turn = x + (_WIDE + _ACROSS) / 2
        drawing.line((x + _WIDE, middle), (turn, middle), (turn, other), (x + _ACROSS, other))
    drawing.box(x, top, _WIDE, _HIGH, title=joined([knot.name, knot.second, knot.third]))
    for number, (text, kind) in enumerate(((knot.name, ""), (knot.second, "small soft"), (knot.third, "small"))):
        drawing.text(x + 8, top + 16 + 15 * number, text, kind=kind, room=_WIDE - 16)
    if knot.limit:
        kind = load_kind(knot.load, knot.limit, knot.unknown)
        full = _WIDE - 16
        drawing.box(x + 8, top + _HIGH - 8, full, 4, kind="idle bar", round_=2)
        drawing.box(x + 8, top + _HIGH - 8, full * min(knot.load / knot.limit, 1), 4, kind=f"{kind} bar", round_=2)
    return middle, max(below, y + _DOWN)
