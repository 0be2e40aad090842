"""The one-line diagram of the power, as a tree: load, usable power and headroom at each level."""

from __future__ import annotations

from collections.abc import Iterable

from gigaworks.cli.record.pictures.power import Level, one_line
from gigaworks.cli.record.pictures.tree import Branch
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import WIDE, at_least, columns, count, figure, joined, share, span, value
from gigaworks.inventory.blueprint import Blueprint, PowerDevice


def show_power(blueprint: Blueprint, stream: Stream, *, verbose: bool = False) -> None:
    """Show the power graph from the utility down; devices that are alike take one line unless ``verbose``."""
    rows: list[tuple[str, ...]] = [("power", "kind", "load", "usable", "headroom", "used", "")]
    for branch in one_line(blueprint, fold=not verbose):
        rows += _rows(branch, 0)
    lines = columns(rows, right=(2, 3, 4, 5))
    stream.lines([lines[0], *(stream.paint(line, "error") if "  ! " in line else line for line in lines[1:])])
    stream.lines(["", contract(blueprint)])


def contract(blueprint: Blueprint) -> str:
    """Return what the site draws with its PUE against what it has contracted."""
    draw = sum(rack.draw_kw for rack in blueprint.racks.values())
    unknown = sum(rack.unknown_draws for rack in blueprint.racks.values())
    pue, limit = blueprint.policy.pue, blueprint.site.contracted_kw
    told = f", {count(unknown, 'device')} unknown" if unknown else ""
    need = at_least(draw * pue, unknown)
    return f"IT {at_least(draw, unknown)} x PUE {pue:g} = {need} of {figure(limit, 'kW')} contracted{told}"


def _rows(branch: Branch[Level], depth: int) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = [
        (f"{'  ' * depth}{names(branch.each)}", kind(branch), *figures(branch), note(branch))
    ]
    for below in branch.below:
        rows += _rows(below, depth + 1)
    return rows


def names(each: Iterable[str]) -> str:
    """Return the folded names of a branch, cut in their middle where they are many."""
    return value(fold(name.strip() for name in each), WIDE)


def kind(branch: Branch[Level]) -> str:
    """Return the kind of a branch's devices, with their number where there are several."""
    many = len(branch.each)
    return f"{many:,} x {branch.first.device.kind}" if many > 1 else branch.first.device.kind


def figures(branch: Branch[Level]) -> tuple[str, str, str, str]:
    """Return load, usable power, headroom and share of devices that are alike."""
    levels = branch.each.values()
    unknown = max(level.unknown for level in levels)
    loads, heads = [level.device.load_kw for level in levels], [level.headroom_kw for level in levels]
    usable = branch.first.device.usable_kw
    return (
        ("≥ " if unknown else "") + span(min(loads), max(loads), "kW"),
        figure(usable, "kW"),
        ("≤ " if unknown else "") + span(min(heads), max(heads), "kW"),
        share(loads, usable),
    )


def note(branch: Branch[Level]) -> str:
    """Return what else is to say: overloaded, unknown devices, other parents, the rating."""
    it = branch.first
    levels = branch.each.values()
    unknown = sorted(level.unknown for level in levels if level.unknown)
    others = sorted({parent for level in levels for parent in level.device.parents[1:]})
    return joined(
        [
            "! overloaded" if any(level.headroom_kw < 0 for level in levels) else "",
            f"{span(min(unknown), max(unknown))} {'device' if max(unknown) == 1 else 'devices'} unknown"
            if unknown
            else "",
            f"as under {fold({level.device.parents[0] for level in levels})}" if it.again else "",
            f"also under {fold(others)}" if others and not it.again else "",
            rating(it.device),
        ]
    )


def rating(device: PowerDevice) -> str:
    """Return what a device is built for: kVA, A, V and phases, redundancy."""
    volts = f"{figure(device.voltage_v, 'V')} x {device.phases}" if device.voltage_v and device.phases else ""
    kva, ampere = device.capacity_kva, device.rated_a
    rated = [figure(kva, "kVA") if kva else "", figure(ampere, "A") if ampere else "", volts, device.redundancy or ""]
    return joined(rated)
