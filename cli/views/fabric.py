"""Fabrics: tiers, what runs between them, oversubscription, ports used of all."""

from __future__ import annotations

from gigaworks.cli.record.pictures.fabric import Fabric, Tier, Trunk
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import WIDE, columns, count, figure, joined, span, value
from gigaworks.inventory.blueprint import Blueprint


def show_fabrics(blueprint: Blueprint, these: list[Fabric], stream: Stream) -> None:
    """Show each fabric from the top down."""
    for number, it in enumerate(these):
        tiers = [tier for tier in it.tiers if tier.name != "node"]
        nodes = sum(len(tier.members) for tier in it.tiers if tier.name == "node")
        switches = sum(len(tier.members) for tier in tiers)
        told = [count(switches, "switch"), count(nodes, "node"), count(sum(t.cables for t in it.trunks), "cable")]
        stream.lines([""] * bool(number))
        stream.line(f"{stream.paint(it.kind, 'bold')}  {count(len(tiers), 'tier')}, {joined(told)}")
        rows: list[tuple[str, ...]] = [
            ("tier", "number", "ports used", "down", "up", "oversubscription", "device", "names")
        ]
        rows += [_tier(tier) for tier in it.tiers]
        stream.lines(columns(rows, indent=2, right=(1, 2, 3, 4, 5)))
        trunks: list[tuple[str, ...]] = [
            ("between", "cables", "pairs", "cables a pair", "speed", "media", "length in all")
        ]
        trunks += [_trunk(trunk) for trunk in it.trunks]
        stream.lines(["", *columns(trunks, indent=2, right=(1, 2, 3, 4, 6))])
        networks = [blueprint.networks[name] for name in it.networks]
        if networks:
            prefixes = [("network", "prefix", "mtu"), *((n.name, n.prefix, str(n.mtu)) for n in networks)]
            stream.lines(["", *columns(prefixes, indent=2)])


def _tier(it: Tier) -> tuple[str, ...]:
    used = f"{it.used:,} of {'unknown' if it.ports is None else f'{it.ports:,}'}"
    ratio = f"{it.oversubscription:.2f}:1" if it.oversubscription else ""
    down, up = (rate(it.down_mbit_s), rate(it.up_mbit_s))
    return it.name, f"{len(it.members):,}", used, down, up, ratio, devices(it), value(fold(it.members), WIDE)


def devices(it: Tier) -> str:
    """Return a tier's device types, or their number where they are many."""
    return ", ".join(it.devices) if len(it.devices) < 3 else count(len(it.devices), "device type")


def _trunk(it: Trunk) -> tuple[str, ...]:
    speeds = ", ".join(rate(speed) for speed in it.speeds) or "unknown"
    media = joined([f"{medium} {number:,}" for medium, number in it.media.items()])
    pair = span(it.least, it.most)
    return f"{it.upper} ↔ {it.lower}", f"{it.cables:,}", f"{it.pairs:,}", pair, speeds, media, figure(it.metres, "m")


def rate(mbit_s: int) -> str:
    """Return a speed in the unit that suits it; nothing for none."""
    if not mbit_s:
        return ""
    for unit, size in (("Tbit/s", 1_000_000), ("Gbit/s", 1_000)):
        if mbit_s >= size:
            return figure(mbit_s / size, unit)
    return figure(mbit_s, "Mbit/s")
