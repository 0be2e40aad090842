"""The one-line diagram: power from the utility down, with load, usable power and headroom at each level."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from gigaworks.cli.record.pictures.tree import Branch, grown
from gigaworks.inventory.blueprint import Blueprint, PowerDevice
from gigaworks.inventory.design.power import tap_name
from gigaworks.inventory.ranges import natural


class Level(msgspec.Struct, frozen=True, kw_only=True):
    """A power device with what hangs on it; with ``unknown`` devices its load is a lower bound."""

    device: PowerDevice
    unknown: int
    again: bool = False  # stands here because it has another parent, too; its children stand there

    @property
    def headroom_kw(self) -> float:
        """What it can carry beyond its load."""
        return round(self.device.usable_kw - self.device.load_kw, 3)


def levels(blueprint: Blueprint) -> dict[str, Level]:
    """Return every power device by its key."""
    unknown = _unknown(blueprint)
    return {key: Level(device=device, unknown=len(unknown[key])) for key, device in blueprint.power.items()}


def one_line(blueprint: Blueprint, *, fold: bool = True) -> list[Branch[Level]]:
    """Return the power graph as trees; a device with several parents stands under each, its children under the first.

    Devices that are alike are told as one unless ``fold`` is False.
    """
    things = levels(blueprint)
    children: dict[str, list[str]] = defaultdict(list)
    for key in sorted(blueprint.power, key=natural):
        for number, parent in enumerate(blueprint.power[key].parents):
            name = key if number == 0 else f"{key} "  # a name of its own for standing there again
            things[name] = msgspec.structs.replace(things[key], again=number > 0)
            children[parent].append(name)
    roots = [key for key, device in blueprint.power.items() if not device.parents]
    return grown(things, children, roots, alike=_alike, nearly=_nearly, fold=fold)


def _alike(level: Level) -> tuple[object, ...]:
    return (*_nearly(level), round(level.device.load_kw, 1), level.unknown)


def _nearly(level: Level) -> tuple[object, ...]:
    it = level.device
    rating = (it.capacity_kva, it.rated_a, it.voltage_v, it.phases, it.redundancy, round(it.usable_kw, 1))
    return (it.kind, level.again, len(it.parents), rating)


def _unknown(blueprint: Blueprint) -> dict[str, set[str]]:
    """Return the devices of unknown draw below each power device."""
    found: dict[str, set[str]] = defaultdict(set)

    def add(key: str, name: str) -> None:
        if name not in found[key]:
            found[key].add(name)
            for parent in blueprint.power[key].parents:
                add(parent, name)

    for rack, only, name in _without_draw(blueprint):
        for number, feed in enumerate(blueprint.racks[rack].feeds):
            if only in (None, feed):
                tap = tap_name(rack, number)
                add(tap if tap in blueprint.power else feed, name)
    return found


def _without_draw(blueprint: Blueprint) -> Iterator[tuple[str, str | None, str]]:
    """Yield rack, only feed (None: all of the rack's) and name of every device of unknown draw."""
    for node in blueprint.nodes.values():
        if node.draw_kw is None:
            yield node.rack, node.failure_domains.get("feed"), node.name
    for switch in blueprint.switches.values():
        if switch.draw_kw is None:
            yield switch.rack, None, switch.name
    for key, rack in blueprint.racks.items():
        kind = blueprint.rack_types.get(rack.type)
        for place, it in enumerate(kind.equipment if kind else ()):
            if blueprint.device_types[it.device].draw_kw is None:
                yield key, None, f"{key} {place}"
