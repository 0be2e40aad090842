"""Cooling: which heat each CDU group and each loop takes."""

from __future__ import annotations

from collections import defaultdict

from gigaworks.inventory.blueprint import CoolingDevice
from gigaworks.inventory.catalog.catalogue import Device
from gigaworks.inventory.design.space import Placed
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.model.words import spare_units


def liquid_share(site: Site, rack: str, device: Device) -> float:
    """Return the share of a device's heat that liquid takes, 0 to 1: its own, and a rear door's of the rest."""
    group = site.cooled_by.get(rack)
    caught = (site.cooling[group].noun.capture or 0.0) / 100 if group is not None else 0.0
    return device.liquid_share + (1 - device.liquid_share) * caught


def groups(site: Site, placed: dict[str, Placed], draws: dict[str, float | None]) -> dict[str, CoolingDevice]:
    """Return loops and CDU groups; capacity and flow are what holds with the redundant units off."""
    load: dict[str, float] = defaultdict(float)
    inside = [(item.rack, item.device, draws[name]) for name, item in placed.items()]
    inside += [
        (key, it.device, it.device.draw_kw)
        for key, rack in site.racks.items()
        for it in site.catalogue.equipment(rack.noun.type)
    ]
    for rack_key, device, draw in inside:
        group = site.cooled_by.get(rack_key)
        if group is None:
            continue
        heat = (draw or 0.0) * liquid_share(site, rack_key, device)
        load[group] += heat
        loop = site.cooling[group].noun.loop
        if loop is not None:
            load[f"{site.cooling[group].hall}/{loop}"] += heat
    found = {}
    for key, standing in sorted(site.cooling.items()):
        noun = standing.noun
        running = max((noun.units or 1) - spare_units(noun.redundancy), 0)
        found[key] = CoolingDevice(
            name=standing.name,
            hall=standing.hall or "",
            kind=noun.kind,
            loop=f"{standing.hall}/{noun.loop}" if noun.loop else None,
            capacity_kw=None if noun.capacity is None else noun.capacity * running,
            flow_l_min=None if noun.flow is None else noun.flow * running,
            supply_c=noun.supply,
            redundancy=noun.redundancy,
            units=noun.units or 1,
            feeds=site.feeds[key],
            load_kw=round(load.get(key, 0.0), 3),
            where=where(noun.at()),
        )
    return found
