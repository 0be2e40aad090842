"""What ``gigaworks show`` can show: each kind of thing as text, as data, and some as a drawing.

Imports stand inside the functions: a node of a large site is shown without loading what draws the others.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from gigaworks.cli.views.screen import Stream
from gigaworks.inventory.problem import Problem, WrongUse

if TYPE_CHECKING:
    from gigaworks.cli.record.pictures.elevation import Elevation
    from gigaworks.cli.record.pictures.fabric import Fabric
    from gigaworks.cli.record.pictures.floor import Floor
    from gigaworks.cli.record.results import NodeStatus
    from gigaworks.inventory.blueprint import Blueprint, Cable


class Look(NamedTuple):
    """What somebody wants to see; ``nodes`` are the statuses of the nodes that it holds."""

    blueprint: Blueprint
    kind: str
    name: str
    nodes: dict[str, NodeStatus]
    verbose: bool

    @property
    def states(self) -> dict[str, str]:
        """Node → state."""
        return {name: node.state for name, node in self.nodes.items()}

    def elevation(self) -> Elevation:
        """Return the rack."""
        from gigaworks.cli.record.pictures.elevation import elevation

        return elevation(self.blueprint, self.name, self.states)

    def floor(self) -> Floor:
        """Return the hall."""
        from gigaworks.cli.record.pictures.floor import floor

        return floor(self.blueprint, self.name, self.states)

    def fabrics(self) -> list[Fabric]:
        """Return the fabric, or all.

        Raises:
            WrongUse: there is none of that kind.

        """
        from gigaworks.cli.opening import one_of
        from gigaworks.cli.record.pictures.fabric import fabrics

        found = fabrics(self.blueprint)
        return [found[one_of(list(found), self.name, "fabric")]] if self.name else list(found.values())

    def cables(self) -> list[Cable]:
        """Return the cables of a device, or all.

        Raises:
            WrongUse: there is no such device.

        """
        from gigaworks.cli.opening import one_of

        if not self.name:
            return self.blueprint.cables
        one_of([*self.blueprint.nodes, *self.blueprint.switches], self.name, "device")
        return [cable for cable in self.blueprint.cables if self.name in (cable.a.device, cable.b.device)]


_TABLES = {
    "node": "nodes", "rack": "racks", "hall": "halls", "switch": "switches", "network": "networks",
    "storage": "volumes",
}  # fmt: skip


def _names(it: Look, out: Stream) -> None:
    from gigaworks.cli.views.names import fold

    out.line(fold(getattr(it.blueprint, _TABLES[it.kind])))


def _sheet(function: str) -> Callable[[Look, Stream], None]:
    def show(it: Look, out: Stream) -> None:
        from gigaworks.cli.views import show as view

        getattr(view, function)(it.blueprint, out)

    return show


def _node(it: Look, out: Stream) -> None:
    from gigaworks.cli.views.show import show_node

    show_node(it.blueprint, it.blueprint.nodes[it.name], it.nodes.get(it.name), out)


def _switch(it: Look, out: Stream) -> None:
    from gigaworks.cli.views.show import show_switch

    show_switch(it.blueprint, it.name, out)


def _rack(it: Look, out: Stream) -> None:
    from gigaworks.cli.views.rack import show_rack

    show_rack(it.elevation(), out)


def _hall(it: Look, out: Stream) -> None:
    from gigaworks.cli.views.floor import show_floor

    show_floor(it.floor(), out)


def _power(it: Look, out: Stream) -> None:
    from gigaworks.cli.views.power import show_power

    show_power(it.blueprint, out, verbose=it.verbose)


def _cooling(it: Look, out: Stream) -> None:
    from gigaworks.cli.views.cooling import show_cooling

    show_cooling(it.blueprint, out, verbose=it.verbose)


def _fabric(it: Look, out: Stream) -> None:
    from gigaworks.cli.views.fabric import show_fabrics

    show_fabrics(it.blueprint, it.fabrics(), out)


def _cables(it: Look, out: Stream) -> None:
    from gigaworks.cli.views.cables import show_cables

    show_cables(it.blueprint, it.cables(), out, verbose=it.verbose)


TEXTS: dict[str, Callable[[Look, Stream], None]] = {
    "": _sheet("show_site"), "names": _names, "node": _node, "rack": _rack, "hall": _hall, "switch": _switch,
    "power": _power, "cooling": _cooling, "network": _sheet("show_network"), "storage": _sheet("show_storage"),
    "fabric": _fabric, "cables": _cables,
}  # fmt: skip


def _table(it: Look) -> dict[str, Any]:
    table = _TABLES[it.kind]
    return {table: getattr(it.blueprint, table)}


def _node_data(it: Look) -> dict[str, Any]:
    status = it.nodes.get(it.name)
    return {"node": it.blueprint.nodes[it.name], **({"status": status} if status else {})}


def _rack_data(it: Look) -> dict[str, Any]:
    rack = it.elevation()
    return {"rack": rack.rack, "slots": rack.slots, "pdus": rack.pdus}


def _hall_data(it: Look) -> dict[str, Any]:
    plan = it.floor()
    return {"hall": plan.hall, "floor": plan}


def _power_data(it: Look) -> dict[str, Any]:
    from msgspec import to_builtins

    from gigaworks.cli.record.pictures.power import levels

    return {
        "power": {
            key: {**to_builtins(level.device), "headroom_kw": level.headroom_kw, "unknown": level.unknown}
            for key, level in levels(it.blueprint).items()
        }
    }


def _cooling_data(it: Look) -> dict[str, Any]:
    from msgspec import to_builtins

    from gigaworks.cli.record.pictures.cooling import coolers, cooling

    return {
        "cooling": {
            key: {**to_builtins(cooler.device), "headroom_kw": cooler.headroom_kw, "unknown": cooler.unknown}
            for key, cooler in coolers(it.blueprint).items()
        },
        "air": {hall.hall: hall.air for hall in cooling(it.blueprint)},
    }


DATA: dict[str, Callable[[Look], dict[str, Any]]] = {
    "": lambda it: {"blueprint": it.blueprint},
    "names": _table,
    "node": _node_data,
    "rack": _rack_data,
    "hall": _hall_data,
    "switch": lambda it: {"switch": it.blueprint.switches[it.name]},
    "power": _power_data,
    "cooling": _cooling_data,
    "network": _table,
    "storage": _table,
    "fabric": lambda it: {"fabrics": {fabric.kind: fabric for fabric in it.fabrics()}},
    "cables": lambda it: {"cables": it.cables()},
}


def draw(it: Look, file: Path) -> None:
    """Write the drawing of a thing to a file.

    Raises:
        WrongUse: it is not one of those that are drawn.

    """
    from gigaworks.inventory.canonical import write_whole

    write_whole(file, _drawing(it).encode())


def _drawing(it: Look) -> str:
    from gigaworks.cli.record.pictures.cooling import cooling
    from gigaworks.cli.record.pictures.power import one_line
    from gigaworks.cli.views.power import contract
    from gigaworks.cli.views.svg import fabric, floor, rack, tree

    match it.kind if it.name or it.kind in ("power", "cooling", "fabric") else "":
        case "hall":
            return floor.draw_floor(it.floor())
        case "rack":
            return rack.draw_rack(it.elevation())
        case "power":
            branches = one_line(it.blueprint, fold=not it.verbose)
            return tree.draw_power(branches, it.blueprint.site.name, contract(it.blueprint))
        case "cooling":
            return tree.draw_cooling(cooling(it.blueprint, fold=not it.verbose), it.blueprint.site.name)
    these = it.fabrics() if it.kind == "fabric" else []
    if len(these) == 1:
        return fabric.draw_fabric(these[0])
    kinds = ", ".join(f"fabric/{one.kind}" for one in these) or "hall/NAME, rack/HALL/NAME, power, cooling, fabric/KIND"
    raise WrongUse(Problem("this is not one drawing", f"what is drawn: {kinds}", "name one of them"))
