"""The cable plan: each cable as it stands on its label, or a large plan by what it consists of."""

from __future__ import annotations

from collections import defaultdict

from gigaworks.cli.record.pictures.fabric import tier_of
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, count, figure
from gigaworks.inventory.blueprint import Blueprint, Cable

MOST = 400  # cables that are listed one by one


def show_cables(blueprint: Blueprint, cables: list[Cable], stream: Stream, *, verbose: bool = False) -> None:
    """Show the cables; more than `MOST` are counted by what they join and are, unless ``verbose``."""
    if len(cables) <= MOST or verbose:
        rows: list[tuple[str, ...]] = [
            (c.id, str(c.a), "↔", str(c.b), c.fabric, c.media, figure(c.length_m, "m")) for c in cables
        ]
        stream.lines(columns([("cable", "from", "", "to", "fabric", "media", "length"), *rows], right=(6,)))
        return
    alike: dict[tuple[str, str, str, float], list[Cable]] = defaultdict(list)
    for cable in cables:
        ends = sorted((tier_of(blueprint, cable.a.device), tier_of(blueprint, cable.b.device)))
        alike[cable.fabric, " ↔ ".join(ends), cable.media, cable.length_m].append(cable)
    counted: list[tuple[str, ...]] = [("fabric", "between", "media", "length", "cables", "first to last")]
    for (fabric, between, media, length), group in sorted(alike.items()):
        labels = group[0].id if len(group) == 1 else f"{group[0].id} … {group[-1].id}"
        counted.append((fabric, between, media, figure(length, "m"), f"{len(group):,}", labels))
    metres = sum(cable.length_m for cable in cables)
    stream.lines([*columns(counted, right=(3, 4)), "", f"{count(len(cables), 'cable')}, {figure(metres, 'm')} in all"])
    stream.line("One by one: -v, or cables/DEVICE. As a file: gigaworks export SITE cables -o cables.csv")
