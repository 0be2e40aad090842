"""A rack from the front and from the rear: what stands in which unit, what feeds it, where the air goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Literal

import msgspec

from gigaworks.inventory.blueprint import Blueprint, Pdu, Rack


class Slot(msgspec.Struct, frozen=True, kw_only=True):
    """A device in a rack; ``bottom`` counts units from 1, 0 stands beside them. Unknown is None."""

    name: str
    kind: Literal["node", "switch", "equipment"]
    device: str
    bottom: float
    height: float
    draw_kw: float | None
    weighed: bool = True  # its weight is known
    state: str = ""
    airflow: str | None = None
    full_depth: bool = True
    inlets: dict[str, int] = {}  # PDU → power inlets on it
    cables: int = 0

    @property
    def top(self) -> float:
        """The highest unit that the device takes."""
        return self.bottom + max(self.height, 1) - 1


class Elevation(msgspec.Struct, frozen=True, kw_only=True):
    """A rack with what stands in it, the top first, and its PDUs at the rear."""

    key: str
    rack: Rack
    slots: list[Slot]
    pdus: list[Pdu]

    @property
    def unweighed(self) -> int:
        """How many devices are of unknown weight: the rack's is then a lower bound."""
        return sum(not slot.weighed for slot in self.slots)

    @property
    def free(self) -> float:
        """Units that nothing stands in."""
        return self.rack.height - sum(slot.height for slot in self.slots if slot.bottom)


def elevations(blueprint: Blueprint, keys: set[str], states: Mapping[str, str]) -> dict[str, Elevation]:
    """Return the elevation of each of the racks ``keys``; ``states`` gives the state of a node."""
    plugged: dict[str, dict[str, int]] = defaultdict(dict)
    pdus: dict[str, list[Pdu]] = defaultdict(list)
    for name, pdu in blueprint.pdus.items():
        if pdu.rack in keys:
            pdus[pdu.rack].append(pdu)
            for device, inlets in Counter(pdu.outlets.values()).items():
                plugged[device][name] = inlets
    cables = Counter(end.device for cable in blueprint.cables for end in (cable.a, cable.b))
    slots: dict[str, list[Slot]] = defaultdict(list)
    for kind, things in (("node", blueprint.nodes.values()), ("switch", blueprint.switches.values())):
        for thing in things:
            if thing.rack not in keys:
                continue
            model = blueprint.device_types.get(thing.device)
            slots[thing.rack].append(
                Slot(
                    name=thing.name,
                    kind="node" if kind == "node" else "switch",
                    device=thing.device,
                    bottom=thing.position,
                    height=thing.height,
                    draw_kw=thing.draw_kw,
                    weighed=bool(model and model.weight_kg is not None),
                    state=states.get(thing.name, ""),
                    airflow=model.airflow if model else None,
                    full_depth=model.full_depth if model else True,
                    inlets=plugged.get(thing.name, {}),
                    cables=cables[thing.name],
                )
            )
    for key in keys:
        kind_of_rack = blueprint.rack_types.get(blueprint.racks[key].type)
        for it in kind_of_rack.equipment if kind_of_rack else ():
            model = blueprint.device_types.get(it.device)
            slots[key].append(
                Slot(
                    name=model.model if model else it.device,
                    kind="equipment",
                    device=it.device,
                    bottom=it.position,
                    height=it.height,
                    draw_kw=model.draw_kw if model else None,
                    weighed=bool(model and model.weight_kg is not None),
                    airflow=model.airflow if model else None,
                    full_depth=model.full_depth if model else True,
                )
            )
    return {
        key: Elevation(
            key=key,
            rack=blueprint.racks[key],
            slots=sorted(slots[key], key=lambda slot: (-slot.bottom, slot.name)),
            pdus=pdus[key],
        )
        for key in sorted(keys)
    }


def elevation(blueprint: Blueprint, key: str, states: Mapping[str, str]) -> Elevation:
    """Return the elevation of one rack."""
    return elevations(blueprint, {key}, states)[key]
