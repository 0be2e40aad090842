"""Cooling of each hall: facility loops, the units on them, the racks on those, and what is left to the air."""

from __future__ import annotations

from collections import defaultdict

import msgspec

from gigaworks.cli.record.pictures.tree import Branch, grown
from gigaworks.inventory.blueprint import Blueprint, CoolingDevice, Rack
from gigaworks.inventory.ranges import natural


class Cooler(msgspec.Struct, frozen=True, kw_only=True):
    """A loop, a group of units or a rack on it; ``load_kw`` of a rack is all that it draws. None is unknown."""

    kind: str  # fws, cdu, rdhx, rack
    load_kw: float
    unknown: int  # devices of unknown draw: the load is a lower bound
    capacity_kw: float | None = None
    device: CoolingDevice | None = None

    @property
    def headroom_kw(self) -> float | None:
        """What it can take beyond its load."""
        return None if self.capacity_kw is None else round(self.capacity_kw - self.load_kw, 3)


class HallCooling(msgspec.Struct, frozen=True, kw_only=True):
    """The cooling of a hall: ``air`` takes what liquid does not."""

    hall: str
    air: Cooler
    liquid: list[Branch[Cooler]]


def coolers(blueprint: Blueprint) -> dict[str, Cooler]:
    """Return every cooling device by its key."""
    unknown: dict[str, int] = defaultdict(int)
    for rack in blueprint.racks.values():
        if rack.cooling:
            unknown[rack.cooling] += rack.unknown_draws
    for key, device in blueprint.cooling.items():
        if device.loop:
            unknown[device.loop] += unknown[key]
    return {
        key: Cooler(
            kind=device.kind,
            load_kw=device.load_kw,
            unknown=unknown[key],
            capacity_kw=device.capacity_kw,
            device=device,
        )
        for key, device in blueprint.cooling.items()
    }


def cooling(blueprint: Blueprint, *, fold: bool = True) -> list[HallCooling]:
    """Return the cooling of every hall; what is alike is told as one unless ``fold`` is False."""
    things = coolers(blueprint)
    children: dict[str, list[str]] = defaultdict(list)
    roots: dict[str, list[str]] = defaultdict(list)
    for key in sorted(things, key=natural):
        device = blueprint.cooling[key]
        if device.loop in things:
            children[str(device.loop)].append(key)
        else:
            roots[device.hall].append(key)
    standing: dict[str, list[Rack]] = defaultdict(list)
    for key, rack in sorted(blueprint.racks.items(), key=lambda item: natural(item[0])):
        standing[rack.hall].append(rack)
        if rack.cooling in things:
            name = f"rack/{key}"
            things[name] = Cooler(kind="rack", load_kw=rack.draw_kw, unknown=rack.unknown_draws)
            children[str(rack.cooling)].append(name)
    return [
        HallCooling(
            hall=name,
            air=_air(blueprint, name, standing[name]),
            liquid=grown(things, children, roots[name], alike=_alike, nearly=_nearly, fold=fold),
        )
        for name in blueprint.halls
    ]


def _air(blueprint: Blueprint, hall: str, racks: list[Rack]) -> Cooler:
    """Return what is left to air: what the racks draw, less what CDUs and doors take."""
    liquid = sum(it.load_kw for it in blueprint.cooling.values() if it.hall == hall and it.kind != "fws")
    draw = sum(rack.draw_kw for rack in racks)
    return Cooler(
        kind="air",
        load_kw=round(draw - liquid, 3),
        unknown=sum(rack.unknown_draws for rack in racks),
        capacity_kw=blueprint.halls[hall].air_kw,
    )


def _alike(it: Cooler) -> tuple[object, ...]:
    return (*_nearly(it), round(it.load_kw, 1), it.unknown)


def _nearly(it: Cooler) -> tuple[object, ...]:
    device = it.device
    rating = (device.flow_l_min, device.supply_c, device.redundancy) if device else ()
    return (it.kind, it.capacity_kw, rating)
