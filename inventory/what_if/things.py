"""The things of a site that can be lost, and the names by which a person says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.design.power import LETTERS
from gigaworks.inventory.ranges import RangeError, expand


class Lost(msgspec.Struct, frozen=True, kw_only=True):
    """What is gone, by the keys of the blueprint."""

    power: frozenset[str] = frozenset()
    cooling: frozenset[str] = frozenset()
    units: frozenset[tuple[str, int]] = frozenset()  # CDU group, number of its unit from 1
    switches: frozenset[str] = frozenset()
    racks: frozenset[str] = frozenset()
    nodes: frozenset[str] = frozenset()

    def __or__(self, other: Lost) -> Lost:
        """Return what is gone when both are."""
        return Lost(**{name: getattr(self, name) | getattr(other, name) for name in self.__struct_fields__})


def things(blueprint: Blueprint) -> dict[str, Lost]:
    """Return everything that can be lost by its full name: ``power/h1/busway-a``, ``feed/a``, ``cooling/h1/cdu-3``.

    ``feed/a`` is every device that racks have as their first feed, ``feed/h1/a`` that of one hall.
    """
    found = {f"power/{key}": Lost(power=frozenset({key})) for key, it in blueprint.power.items() if it.kind != "tap"}
    feeds: dict[str, set[str]] = defaultdict(set)
    for rack in blueprint.racks.values():
        for letter, feed in zip(LETTERS, rack.feeds, strict=False):
            feeds[f"feed/{letter}"].add(feed)
            feeds[f"feed/{rack.hall}/{letter}"].add(feed)
    found |= {name: Lost(power=frozenset(keys)) for name, keys in sorted(feeds.items())}
    for key, device in blueprint.cooling.items():
        found[f"cooling/{key}"] = Lost(cooling=frozenset({key}))
        for number, unit in enumerate(_unit_names(key, device.units) if device.kind != "fws" else [], 1):
            found[f"cooling/{unit}"] = Lost(units=frozenset({(key, number)}))
    found |= {f"switch/{name}": Lost(switches=frozenset({name})) for name in blueprint.switches}
    found |= {f"rack/{key}": Lost(racks=frozenset({key})) for key in blueprint.racks}
    found |= {f"node/{name}": Lost(nodes=frozenset({name})) for name in blueprint.nodes}
    return found


def named(known: Iterable[str], text: str) -> list[str]:
    """Return the full names that ``text`` may stand for: itself, or all that end in it; a number is no name."""
    names = list(known)
    return [text] if text in names else [n for n in names if n.endswith(f"/{text}") and not text.isdecimal()]


def _unit_names(group: str, units: int) -> list[str]:
    """Return the names of a group's units: ``cdu-[1-3]`` has cdu-1, cdu-2, cdu-3; ``cdu-1`` has cdu-1/1, cdu-1/2."""
    try:
        members = expand(group)
    except RangeError:
        members = [group]
    return members if len(members) == units and units > 1 else [f"{group}/{n}" for n in range(1, units + 1)]
