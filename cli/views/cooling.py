"""Cooling of each hall: what goes to air, what each loop and unit takes, what each could."""

from __future__ import annotations

from gigaworks.cli.record.pictures.cooling import Cooler, cooling
from gigaworks.cli.record.pictures.tree import Branch
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import WIDE, columns, count, figure, joined, share, span, value
from gigaworks.inventory.blueprint import Blueprint


def show_cooling(blueprint: Blueprint, stream: Stream, *, verbose: bool = False) -> None:
    """Show air, loops, units and the racks on them; what is alike takes one line unless ``verbose``."""
    rows: list[tuple[str, ...]] = [("cooling", "kind", "load", "capacity", "headroom", "used", "")]
    for hall in cooling(blueprint, fold=not verbose):
        rows.append((f"{hall.hall} air", "air", *figures([hall.air]), note([hall.air])))
        for branch in hall.liquid:
            rows += _rows(branch, 0)
    lines = columns(rows, right=(2, 3, 4, 5))
    stream.lines([lines[0], *(stream.paint(line, "error") if "  ! " in line else line for line in lines[1:])])


def _rows(branch: Branch[Cooler], depth: int) -> list[tuple[str, ...]]:
    these = list(branch.each.values())
    rows: list[tuple[str, ...]] = [
        (f"{'  ' * depth}{value(fold(branch.each), WIDE)}", kind(branch), *figures(these), note(these))
    ]
    for below in branch.below:
        rows += _rows(below, depth + 1)
    return rows


def kind(branch: Branch[Cooler]) -> str:
    """Return the kind of a branch's things, with their number where there are several."""
    many = len(branch.each)
    return f"{many:,} x {branch.first.kind}" if many > 1 else branch.first.kind


def figures(these: list[Cooler]) -> tuple[str, str, str, str]:
    """Return load, capacity, headroom and share of things that are alike."""
    unknown = any(it.unknown for it in these)
    loads = [it.load_kw for it in these]
    load = ("≥ " if unknown else "") + span(min(loads), max(loads), "kW")
    if these[0].kind == "rack":
        return load, "", "", ""
    capacity, heads = these[0].capacity_kw, [it.headroom_kw for it in these if it.headroom_kw is not None]
    if capacity is None or not heads:
        return load, "unknown", "unknown", ""
    headroom = ("≤ " if unknown else "") + span(min(heads), max(heads), "kW")
    return load, figure(capacity, "kW"), headroom, share(loads, capacity)


def note(these: list[Cooler]) -> str:
    """Return what else is to say: overloaded, unknown devices, flow, supply, redundancy."""
    it, unknown = these[0], max(it.unknown for it in these)
    device = it.device
    return joined(
        [
            "! overloaded" if any(one.headroom_kw is not None and one.headroom_kw < 0 for one in these) else "",
            f"{count(unknown, 'device')} unknown" if unknown else "",
            figure(device.flow_l_min, "L/min") if device and device.flow_l_min is not None else "",
            f"supply {figure(device.supply_c, '°C')}" if device and device.supply_c is not None else "",
            (device.redundancy or "") if device else "",
        ]
    )
