"""The floor plan of a hall: rows and racks where they stand, to scale."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

import msgspec

from gigaworks.inventory.blueprint import Blueprint, Hall, Node, Rack, Switch
from gigaworks.inventory.ranges import natural

_Devices = dict[str, list[Node | Switch]]  # rack → what stands in it
# how large a rack is where nobody says; the cable plan measures with the same (inventory/design/cables.py)
WIDTH_MM, DEPTH_MM, AISLE_MM = 600.0, 1200.0, 1800.0


class Spot(msgspec.Struct, frozen=True, kw_only=True):
    """A rack on the floor; ``x_mm`` is its left edge, ``states`` counts its nodes by state."""

    key: str
    rack: Rack
    x_mm: float
    width_mm: float
    unweighed: int  # devices of unknown weight: the rack's is then a lower bound
    accelerators: int
    nodes: list[str]
    states: dict[str, int]


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A row of racks; ``y_mm`` is its front edge."""

    name: str
    y_mm: float
    depth_mm: float
    spots: list[Spot]


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """A hall seen from above, its rows from the back to the front."""

    hall: Hall
    rows: list[Row]
    width_mm: float
    depth_mm: float
    draw_kw: float
    unknown: int  # devices of unknown draw: draw_kw is then a lower bound
    accelerators: int

    @property
    def states(self) -> dict[str, int]:
        """How many of the hall's nodes are in which state."""
        found: Counter[str] = Counter()
        for row in self.rows:
            for spot in row.spots:
                found.update(spot.states)
        return dict(sorted(found.items()))

    @property
    def racks(self) -> int:
        """How many racks stand in the hall."""
        return sum(len(row.spots) for row in self.rows)


def floor(blueprint: Blueprint, hall: str, states: Mapping[str, str]) -> Floor:
    """Return the floor plan of a hall.

    Args:
        blueprint: the site.
        hall: the name of one of its halls.
        states: node → state, as far as it is known.

    """
    inside: _Devices = defaultdict(list)
    devices: list[Node | Switch] = [*blueprint.nodes.values(), *blueprint.switches.values()]
    for device in devices:
        inside[device.rack].append(device)
    standing: dict[str, list[tuple[str, Rack]]] = defaultdict(list)
    for key, rack in blueprint.racks.items():
        if rack.hall == hall:
            standing[rack.row].append((key, rack))
    rows: list[Row] = []
    y = 0.0
    for name in sorted(standing, key=natural):
        spots = _spots(blueprint, sorted(standing[name], key=lambda item: item[1].slot), inside, states)
        depth = max(_type_mm(blueprint, spot.rack, "depth_mm", DEPTH_MM) for spot in spots)
        rows.append(Row(name=name, y_mm=y, depth_mm=depth, spots=spots))
        y += depth + AISLE_MM
    spots = [spot for row in rows for spot in row.spots]
    return Floor(
        hall=blueprint.halls[hall],
        rows=rows,
        width_mm=max((spot.x_mm + spot.width_mm for spot in spots), default=0.0),
        depth_mm=max(y - AISLE_MM, 0.0),
        draw_kw=round(sum(spot.rack.draw_kw for spot in spots), 3),
        unknown=sum(spot.rack.unknown_draws for spot in spots),
        accelerators=sum(spot.accelerators for spot in spots),
    )


def _spots(
    blueprint: Blueprint,
    racks: list[tuple[str, Rack]],
    inside: _Devices,
    states: Mapping[str, str],
) -> list[Spot]:
    """Return the racks of a row from left to right; an empty slot keeps its place."""
    spots: list[Spot] = []
    light = {ref for ref, model in blueprint.device_types.items() if model.weight_kg is None}
    x, slot = 0.0, 1
    for key, rack in racks:
        x += max(rack.slot - slot, 0) * WIDTH_MM
        nodes = [device for device in inside.get(key, []) if isinstance(device, Node)]
        kind = blueprint.rack_types.get(rack.type)
        held = [*inside.get(key, []), *(kind.equipment if kind else [])]
        width = _type_mm(blueprint, rack, "width_mm", WIDTH_MM)
        spots.append(
            Spot(
                key=key,
                rack=rack,
                x_mm=x,
                width_mm=width,
                unweighed=sum(it.device in light for it in held),
                accelerators=sum(node.sku.accelerators.count for node in nodes if node.sku.accelerators),
                nodes=[node.name for node in nodes],
                states=dict(sorted(Counter(states[node.name] for node in nodes if node.name in states).items())),
            )
        )
        x, slot = x + width, rack.slot + 1
    return spots


def _type_mm(blueprint: Blueprint, rack: Rack, field: str, otherwise: float) -> float:
    kind = blueprint.rack_types.get(rack.type)
    length: float | None = getattr(kind, field) if kind else None
    return length or otherwise
