"""The cable plan: both ends, media, and a length from the floor plan."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from gigaworks.inventory.blueprint import Cable, CableEnd, FabricKind, Pdu
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.design.space import Placed, rows, slots
from gigaworks.inventory.media import Media, medium
from gigaworks.inventory.model.resolved import Site

LENGTHS_M = (0.5, 1, 1.5, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500)
RACK_PITCH_M = 0.6  # width of a common cabinet
ROW_PITCH_M = 3.0  # cabinet depth 1.2 m and an aisle of 1.8 m
HALLS_ROWS = 10  # how many rows apart two halls count as
DROP_M = 2.5  # from a rack's middle up to the tray, at each end
UNIT_M = 0.04445  # EIA-310


class Plug(NamedTuple):
    """What is alike for all ports of a device: the plug's form, and into how many a cage is broken out."""

    form: str | None
    breakout: int = 1


class Run(NamedTuple):
    """What is alike for many cables: their fabric, speed, plugs, and the medium where the site declares one."""

    fabric: FabricKind
    speed_mbit_s: int | None
    a: Plug
    b: Plug
    media: Media | None


class Cabling:
    """Collects cables and gives each its number."""

    def __init__(self, site: Site, placed: Mapping[str, Placed], pdus: Iterable[Pdu], numbers: Numbers) -> None:
        self._at = {name: (item.rack, item.position) for name, item in placed.items()}
        self._at |= {pdu.name: (pdu.rack, 0) for pdu in pdus}
        row = rows(site, numbers)
        self._spots = {  # rack → hall, row, slot
            key: (site.racks[key].hall, row[f"{site.racks[key].hall}/{site.racks[key].within}"], slot)
            for key, slot in slots(site, numbers).items()
        }
        self._wanted: dict[str, tuple[CableEnd, CableEnd, Run]] = {}
        self._between: dict[tuple[str, str], float] = {}

    def add(self, name: str, a: CableEnd, b: CableEnd, run: Run) -> None:
        """Ask for a cable; ``name`` is what its number belongs to."""
        self._wanted[name] = a, b, run

    def cables(self, numbers: Numbers) -> list[Cable]:
        """Return every cable, by its number."""
        given = numbers.give("cable", self._wanted, 1, in_order=True)
        media: dict[tuple[int, float], str] = {}  # a run is one object for all its cables, and long to hash
        made = []
        for number, name in sorted(zip(given.values(), given, strict=True)):
            a, b, run = self._wanted[name]
            fabric, speed, plug_a, plug_b, declared = run
            length = self._length(a.device, b.device)
            kind = id(run), length
            if kind not in media:
                media[kind] = declared or medium(length, speed, "RJ45" in (plug_a.form, plug_b.form))
            made.append(Cable(
                id=f"{number:04d}", a=a, b=b, fabric=fabric, media=media[kind], length_m=length, speed_mbit_s=speed,
                form_a=plug_a.form, form_b=plug_b.form, breakout_a=plug_a.breakout, breakout_b=plug_b.breakout,
            ))  # fmt: skip
        return made

    def _length(self, a: str, b: str) -> float:
        """Return the shortest stock length in m: within a rack by height, else up, along, across and down."""
        (here, low), (there, high) = self._at[a], self._at[b]
        if here == there:
            return _stock(0.5 + abs(low - high) * UNIT_M)
        racks = here, there
        if racks not in self._between:
            one, other = self._spots[here], self._spots[there]
            across = abs(one[1] - other[1]) if one[0] == other[0] else HALLS_ROWS
            self._between[racks] = _stock(2 * DROP_M + abs(one[2] - other[2]) * RACK_PITCH_M + across * ROW_PITCH_M)
        return self._between[racks]


def _stock(need: float) -> float:
    at = bisect_left(LENGTHS_M, need)
    return float(LENGTHS_M[at] if at < len(LENGTHS_M) else math.ceil(need))
