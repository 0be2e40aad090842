"""Power panels and feeds for NetBox's bulk import: what racks tap is a panel, each tap a feed."""

from __future__ import annotations

import math

from gigaworks.cli.views.exports.table import Cell
from gigaworks.inventory.blueprint import Blueprint, PowerDevice
from gigaworks.inventory.design.power import tap_name

_Table = tuple[tuple[str, ...], list[tuple[Cell, ...]]]
_FEED = (
    "site", "power_panel", "location", "rack", "name", "status", "type", "supply", "phase", "voltage", "amperage",
    "max_utilization",
)  # fmt: skip


def power_panels(blueprint: Blueprint) -> _Table:
    """Return a panel for everything that a rack hangs on; its name carries the hall, as NetBox wants it unique."""
    feeds = sorted({feed for rack in blueprint.racks.values() for feed in rack.feeds})
    rows: list[tuple[Cell, ...]] = [
        (blueprint.site.name, blueprint.power[feed].hall or "", feed, _told(blueprint.power[feed])) for feed in feeds
    ]
    return ("site", "location", "name", "description"), rows


def power_feeds(blueprint: Blueprint) -> _Table:
    """Return a feed for every tap of a rack; the first is primary, the others are redundant."""
    rows: list[tuple[Cell, ...]] = []
    for key, rack in blueprint.racks.items():
        for number, feed in enumerate(rack.feeds):
            tap = blueprint.power.get(tap_name(key, number))
            if tap is None or not tap.voltage_v:
                continue
            rows.append((
                blueprint.site.name, feed, rack.hall, rack.name, tap.name, "active",
                "redundant" if number else "primary", "ac", "single-phase" if tap.phases == 1 else "three-phase",
                round(tap.voltage_v), _amperes(tap), round(100 * blueprint.policy.derating),
            ))  # fmt: skip
    return _FEED, rows


def _amperes(tap: PowerDevice) -> int:
    """Return the rated current in A: as declared, else what the capacity gives at the voltage."""
    root = 1.0 if tap.phases == 1 else math.sqrt(3)
    return max(round(tap.rated_a or 1000 * (tap.capacity_kva or 0) / (root * (tap.voltage_v or 1))), 1)


def _told(device: PowerDevice) -> str:
    return f"{device.kind}, usable {device.usable_kw:g} kW"
