"""A rack: its figures against their limits, and both its sides, unit by unit."""

from __future__ import annotations

from collections.abc import Iterator

from gigaworks.cli.record.pictures.elevation import Elevation, Slot
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import at_least, columns, count, figure, joined

_FREE = 3  # free units in a run that take a line each; more are told as one


def show_rack(it: Elevation, stream: Stream) -> None:
    """Show a rack from the top down, the front beside the rear."""
    rack = it.rack
    rows = [
        ("type", f"{rack.type}, {rack.height:g} {rack.unit}, row {rack.row}, place {rack.slot}"),
        ("power", f"{at_least(rack.draw_kw, rack.unknown_draws)} of {figure(rack.max_kw, 'kW')}{unknown(it)}"),
        ("weight", weight(it)),
        ("free", f"{it.free:g} of {rack.height:g} {rack.unit}"),
        ("feeds", ", ".join(rack.feeds)),
        ("cooling", rack.cooling or "air of the hall"),
        ("declared", rack.where),
    ]
    stream.lines([stream.paint(it.key, "bold"), *columns(rows, indent=2), "", *_sides(it)])
    beside = [
        (
            "rear",
            pdu.name,
            f"PDU on {pdu.feed}",
            count(len(pdu.outlets), "outlet") + " used",
            figure(pdu.limit_kw, "kW"),
        )
        for pdu in it.pdus
    ]
    beside += [
        ("beside", slot.name, slot.device or slot.kind, "", figure(slot.draw_kw, "kW"))
        for slot in it.slots
        if not slot.bottom
    ]
    if beside:
        stream.lines(["", *columns(beside, indent=2)])


def weight(it: Elevation) -> str:
    """Return what the rack weighs of what it may; a lower bound where devices are of unknown weight."""
    told = f"{figure(it.rack.weight_kg, 'kg')} of {figure(it.rack.max_kg, 'kg')}"
    return f"≥ {told}, {count(it.unweighed, 'device')} unknown" if it.unweighed else told


def unknown(it: Elevation) -> str:
    """Return how many devices are of unknown draw, or nothing."""
    return f", {count(it.rack.unknown_draws, 'device')} unknown" if it.rack.unknown_draws else ""


def _sides(it: Elevation) -> list[str]:
    """Return the units from the top down, the front at the left and the rear at the right."""
    slots = [slot for slot in it.slots if slot.bottom]
    fronts = {slot.name: _front(slot) for slot in slots}
    rears = {slot.name: rear_lines(slot, it.rack.name) for slot in slots}
    wide = [max((len(t) for text in side.values() for t in text), default=20) for side in (fronts, rears)]
    rows: list[tuple[str, ...]] = [(it.rack.unit, "front", "rear")]
    next_down = max([it.rack.height, *(slot.top for slot in slots)])
    for slot in slots:
        rows += [(place, f"  {told}", f"  {told}") for place, told in _gap(next_down, slot.top, it.rack.unit)]
        tall = int(max(slot.height, 1))
        clash = " overlaps" if slot.top > next_down else ""
        for n in range(tall):
            edges = "[]" if tall == 1 else "┌┐" if n == 0 else "└┘" if n == tall - 1 else "││"
            side = [text[slot.name][n] if n < len(text[slot.name]) else "" for text in (fronts, rears)]
            boxes = [f"{edges[0]} {text:{width}} {edges[1]}" for text, width in zip(side, wide, strict=True)]
            rows.append((f"{slot.top - n:g}", *boxes, clash if n == 0 else ""))
        next_down = min(next_down, slot.bottom - 1)
    rows += [(place, f"  {told}", f"  {told}") for place, told in _gap(next_down, 0, it.rack.unit)]
    return columns(rows, indent=2, right=(0,))


def _gap(top: float, below: float, unit: str) -> Iterator[tuple[str, str]]:
    """Yield the free units above ``below``, up to ``top``."""
    free = int(top - below)
    if free > _FREE:
        yield f"{below + 1:g}-{top:g}", f"{free} {unit} free"
    else:
        yield from ((f"{top - n:g}", "·") for n in range(free))


def _front(slot: Slot) -> list[str]:
    """Return the lines of a device's front, as many as it has units."""
    told = [figure(slot.draw_kw, "kW") if slot.draw_kw is not None else "draw unknown", slot.state]
    if slot.height <= 1:
        return ["  ".join(part for part in (slot.name, slot.device, *told) if part)]
    return ["  ".join(part for part in (slot.name, *told) if part), slot.device]


def rear_lines(slot: Slot, rack: str) -> list[str]:
    """Return the lines of a device's rear: inlets by PDU, cables, the way of the air."""
    inlets = ", ".join(
        f"{pdu.removeprefix(f'{rack}-')} x {number}" if number > 1 else pdu.removeprefix(f"{rack}-")
        for pdu, number in slot.inlets.items()
    )
    wired = joined([inlets or "no inlet", count(slot.cables, "cable") if slot.cables else ""])
    air = joined([f"air {slot.airflow or 'unknown'}", "" if slot.full_depth else "half depth"])
    return [f"{wired}, {air}"] if slot.height <= 1 else [wired, air]
