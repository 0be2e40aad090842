"""The cable plan: both ends, media, and a length from the floor plan."""

from __future__ import annotations

import math

from gigaworks.inventory.blueprint import Cable, CableEnd, FabricKind
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.design.space import Placed, rows, slots
from gigaworks.inventory.model.resolved import Site

LENGTHS_M = (0.5, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500)
RACK_PITCH_M = 0.6  # width of a common cabinet
ROW_PITCH_M = 3.0  # cabinet depth 1.2 m and an aisle of 1.8 m
DROP_M = 2.5  # from a rack's middle up to the tray, at each end
UNIT_M = 0.04445  # EIA-310


class Cabling:
    """Collects cables and gives each its number."""

    def __init__(self, site: Site, placed: dict[str, Placed], numbers: Numbers) -> None:
        self._site = site
        self._placed = placed
        self._slots = slots(site, numbers)
        self._rows = rows(site, numbers)
        self._wanted: dict[str, tuple[CableEnd, CableEnd, FabricKind, int | None]] = {}
        self._lengths: dict[tuple[str, str, int], tuple[float, str]] = {}

    def add(self, name: str, a: CableEnd, b: CableEnd, fabric: FabricKind, speed: int | None) -> None:
        """Ask for a cable; ``name`` is what its number belongs to."""
        self._wanted[name] = a, b, fabric, speed

    def cables(self, numbers: Numbers) -> list[Cable]:
        """Return every cable, by its number."""
        given = numbers.give("cable", self._wanted, 1)
        made = []
        for name, number in sorted(given.items(), key=lambda item: item[1]):
            a, b, fabric, speed = self._wanted[name]
            here, there = self._placed[a.device], self._placed[b.device]
            way = here.rack, there.rack, here.position - there.position if here.rack == there.rack else 0
            if way not in self._lengths:
                length = self._length(*way)
                self._lengths[way] = length, _media(length)
            length, media = self._lengths[way]
            made.append(Cable(
                id=f"{number:04d}", a=a, b=b, fabric=fabric, media=media, length_m=length, speed_mbit_s=speed,
            ))  # fmt: skip
        return made

    def _length(self, here: str, there: str, units: int) -> float:
        """Return the shortest stock length in m: within a rack by height, else up, along, across and down."""
        if here == there:
            need = 0.5 + abs(units) * UNIT_M
        else:
            one, other = self._site.racks[here], self._site.racks[there]
            here_row, there_row = (self._rows[f"{rack.hall}/{rack.within}"] for rack in (one, other))
            across = abs(here_row - there_row) if one.hall == other.hall else 10
            need = 2 * DROP_M + abs(self._slots[here] - self._slots[there]) * RACK_PITCH_M + across * ROW_PITCH_M
        return float(next((length for length in LENGTHS_M if length >= need), math.ceil(need)))


def _media(length: float) -> str:
    """Return what such a length is commonly made of: passive copper to 3 m, active optics to 30 m, then fibre."""
    return "dac" if length <= 3 else "aoc" if length <= 30 else "smf"
