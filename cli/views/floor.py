"""A hall from above: rows and racks where they stand, what each draws, how its nodes are."""

from __future__ import annotations

import math
from collections import Counter, defaultdict

from gigaworks.cli.record.pictures.floor import WIDTH_MM, Floor, Row, Spot
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import at_least, columns, count, figure, joined

_LEVELS = "▁▂▃▄▅▆▇█"
_CELL = 9  # columns that a rack needs to tell its name and kW
BAD = ("failed", "quarantined")


def show_floor(it: Floor, stream: Stream) -> None:
    """Show the floor plan, then the racks; rows and racks that are alike take one line."""
    racks = [spot for row in it.rows for spot in row.spots]
    size = f"{it.width_mm / 1000:.1f} x {it.depth_mm / 1000:.1f} m"
    power = f"{at_least(it.draw_kw, it.unknown)} of {figure(it.hall.it_kw, 'kW')} IT"
    told = [count(len(racks), "rack"), count(len(it.rows), "row"), size, power]
    told += [count(it.accelerators, "accelerator")] if it.accelerators else []
    stream.line(f"{stream.paint(it.hall.name, 'bold')}  {joined(told)}")
    label = max((len(row.name) for row in it.rows), default=0)
    room = stream.width - label - 4
    widest = round(it.width_mm / WIDTH_MM)
    cell = room // widest if widest else 0
    wide = cell >= max(_CELL, max((len(spot.rack.name) + 3 for spot in racks), default=0))
    for line in _boxes(it, min(cell, 14), label) if wide else _bars(it, room, stream):
        stream.line(line)
    stream.lines(["", *_racks(racks)])


def _columns(mm: float, cell: int) -> int:
    return round(mm / WIDTH_MM * cell)


def _boxes(it: Floor, cell: int, label: int) -> list[str]:
    """Return each row as boxes to scale: name, kW of what it may draw, nodes in service."""
    lines = []
    for row in it.rows:
        drawn = [""] * 5
        for spot in row.spots:
            left, width = _columns(spot.x_mm, cell), _columns(spot.width_mm, cell) - 2
            power = f"{figure(spot.rack.draw_kw)}{'+?' if spot.rack.unknown_draws else ''}/{figure(spot.rack.max_kw)}"
            parts = [
                f"┌{'─' * width}┐",
                *(f"│{f' {text}'[:width]:{width}}│" for text in (spot.rack.name, power, _service(spot))),
                f"└{'─' * width}┘",
            ]
            drawn = [f"{text:{left}}{part}" for text, part in zip(drawn, parts, strict=True)]
        lines += [""]
        lines += [f"  {row.name if n == 1 else '':{label}}  {text}" for n, text in enumerate(drawn)]
    return [*lines, "", "  name, kW of what it may draw, nodes in service of all"]


def _service(spot: Spot) -> str:
    if not spot.nodes:
        return "-"
    bad = any(spot.states.get(state) for state in BAD)
    return f"{spot.states.get('in service', 0)}/{len(spot.nodes)}{' !' if bad else ''}"


def _bars(it: Floor, room: int, stream: Stream) -> list[str]:
    """Return one line for each row, or for rows that look the same: a bar a rack, then figures and names."""
    alike: dict[tuple[str, str, str], list[Row]] = defaultdict(list)
    for row in it.rows:
        draw, most = (sum(getattr(spot.rack, field) for spot in row.spots) for field in ("draw_kw", "max_kw"))
        power = f"{at_least(draw, sum(spot.rack.unknown_draws for spot in row.spots))} of {figure(most, 'kW')}"
        states = Counter[str]()
        for spot in row.spots:
            states.update(spot.states)
        alike[_bar(row), power, _states(states)].append(row)
    rows: list[tuple[str, ...]] = []
    for (bar, power, told), group in alike.items():
        pieces = [bar[n : n + room // 2] for n in range(0, len(bar), room // 2)]
        each = " each" if len(group) > 1 else ""
        name, racks = fold(row.name for row in group), count(len(group[0].spots), "rack") + each
        rows.append((name, pieces[0], racks, power + each, told))
        rows += [("", piece) for piece in pieces[1:]]
    legend = f"load of each rack: {_LEVELS[0]} least … {_LEVELS[-1]} all that it may draw, ! more, ? nothing known"
    return ["", *columns(rows, indent=2), "", f"  {stream.paint(legend, 'dim')}"]


def _bar(row: Row) -> str:
    bar = ""
    for spot in row.spots:
        bar = bar.ljust(spot.rack.slot - 1)  # an empty place stays empty
        share = spot.rack.draw_kw / spot.rack.max_kw if spot.rack.max_kw else 0.0
        known = _LEVELS[max(math.ceil(share * len(_LEVELS)) - 1, 0)] if share <= 1 else "!"
        bar += "?" if spot.rack.unknown_draws and not spot.rack.draw_kw else known
    return bar


def _states(states: Counter[str]) -> str:
    return " · ".join(f"{state} {number:,}" for state, number in sorted(states.items()))


def _racks(racks: list[Spot]) -> list[str]:
    """Return the racks, those that are alike as one."""
    alike: dict[tuple[str, str, str, str, str], list[Spot]] = defaultdict(list)
    for spot in racks:
        rack = spot.rack
        power = f"{at_least(rack.draw_kw, rack.unknown_draws)} of {figure(rack.max_kw, 'kW')}"
        has = count(len(spot.nodes), "node") if spot.nodes else "no node"
        has += f", {count(spot.accelerators, 'accelerator')}" if spot.accelerators else ""
        weight = ("≥ " if spot.unweighed else "") + figure(rack.weight_kg, "kg")
        alike[rack.type, power, weight, has, _states(Counter(spot.states))].append(spot)
    rows: list[tuple[str, ...]] = [("row", "racks", "type", "power", "weight", "holds", "cooling", "state")]
    for (kind, power, weight, has, states), group in alike.items():
        row, names = fold({spot.rack.row for spot in group}), fold(spot.rack.name for spot in group)
        cooling = fold({(spot.rack.cooling or "air").rpartition("/")[2] for spot in group})
        rows.append((row, names, kind, power, weight, has, cooling, states))
    return columns(rows, indent=2)
