"""Where things stand: positions in racks, slots in rows, weights."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import NamedTuple

from gigaworks.inventory.catalog.catalogue import Device
from gigaworks.inventory.catalog.types import RackOverlay, RackType
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.model.network import SwitchNoun
from gigaworks.inventory.model.node import NodeNoun
from gigaworks.inventory.model.resolved import Site, Standing


class Placed(NamedTuple):
    """A device in a rack."""

    name: str
    rack: str
    device: Device
    position: int


def place(site: Site, numbers: Numbers) -> dict[str, Placed]:
    """Return every node and switch with its position, counted from 1 at the bottom; 0 is beside the units."""
    inside: dict[str, list[tuple[str, Device, int | None]]] = defaultdict(list)
    items: list[Standing[NodeNoun] | Standing[SwitchNoun]] = [*site.nodes.values(), *site.switches.values()]
    for item in items:
        device = device_of(site, item.noun.device)
        inside[site.rack_of[item.name]].append((item.name, device, item.noun.position))
    placed: dict[str, Placed] = {}
    for rack, devices in sorted(inside.items()):
        kind = site.catalogue.rack(site.racks[rack].noun.type)
        top = math.floor(kind[0].u_height) if kind else None
        fixed = {it.position: units_of(it.device) for it in site.catalogue.equipment(site.racks[rack].noun.type)}
        fixed |= {position: units_of(device) for _, device, position in devices if position is not None}
        free = {name: units_of(device) for name, device, position in devices if position is None and units_of(device)}
        given = numbers.give_runs(f"position/{rack}", free, 1, fixed, top)
        for name, device, position in devices:
            placed[name] = Placed(name, rack, device, position or given.get(name, 0))
    return placed


def slots(site: Site, numbers: Numbers) -> dict[str, int]:
    """Return each rack's slot in its row, counted from 1."""
    rows: dict[str, dict[str, int | None]] = defaultdict(dict)
    for key, rack in site.racks.items():
        rows[f"{rack.hall}/{rack.within}"][key] = rack.noun.slot
    found: dict[str, int] = {}
    for row, racks in sorted(rows.items()):
        fixed = {key: slot for key, slot in racks.items() if slot is not None}
        free = [key for key, slot in racks.items() if slot is None]
        found |= fixed | numbers.give(f"slot/{row}", free, 1, fixed.values())
    return found


def rows(site: Site, numbers: Numbers) -> dict[str, int]:
    """Return the place of each row, ``hall/row``, in its hall, counted from 0."""
    found: dict[str, int] = {}
    for hall in site.halls:
        names = {rack.within for rack in site.racks.values() if rack.hall == hall}
        found |= {f"{hall}/{row}": place for row, place in numbers.give(f"row/{hall}", names).items()}
    return found


def units_of(device: Device) -> int:
    """Return the rack units that a device takes, halves rounded up."""
    return math.ceil(device.type.u_height)


def device_of(site: Site, ref: str) -> Device:
    """Return a device type that the resolver has found to exist."""
    device = site.catalogue.device(ref)
    if device is None:
        raise LookupError(ref)
    return device


def rack_of(site: Site, ref: str) -> tuple[RackType, RackOverlay]:
    """Return a rack type that the resolver has found to exist."""
    found = site.catalogue.rack(ref)
    if found is None:
        raise LookupError(ref)
    return found
