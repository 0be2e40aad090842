"""The stack of a hall: power, cooling, racks with their nodes, and the limits that reach devices."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from gigaworks.inventory.blueprint import Blueprint, Bmc, Node, PowerDevice
from gigaworks.stacks.slicing.declared import Declared, StackSlice, facts, known


def hall_slice(blueprint: Blueprint, hall: str, credentials: str | None) -> StackSlice:
    """Cut out the stack of a hall; ``credentials`` is the digest of the BMC password."""
    resources = [
        Declared(type="gigaworks:hall:Hall", name=hall, properties=facts(blueprint.halls[hall])),
        *power_devices(blueprint, hall),
        *_cooling(blueprint, hall),
        *_racks(blueprint, hall),
        *_pdu_limits(blueprint, hall, credentials),
        *_node_settings(blueprint, hall, credentials),
    ]
    return StackSlice(name=f"hall-{hall}", kind="hall", resources=resources)


def power_devices(blueprint: Blueprint, hall: str | None) -> list[Declared]:
    """Declare the power devices of a hall (``None``: those of the site), parents first."""
    kind = "gigaworks:hall:PowerDevice" if hall else "gigaworks:site:Power"
    noun = kind.rpartition(":")[2]
    mine = {key: device for key, device in blueprint.power.items() if device.hall == hall}
    return [
        Declared(
            type=kind,
            name=_local(key, hall),
            properties=facts(mine[key], "load_kw"),  # the load follows from the racks and would change with each
            depends_on=[f"{noun}/{_local(parent, hall)}" for parent in mine[key].parents if parent in mine],
        )
        for key in _parents_first(mine)
    ]


def _parents_first(devices: dict[str, PowerDevice]) -> list[str]:
    done: dict[str, None] = {}

    def visit(key: str, below: tuple[str, ...]) -> None:
        if key in done or key not in devices or key in below:  # a cycle is a broken law, and not ours to report
            return
        for parent in devices[key].parents:
            visit(parent, (*below, key))
        done[key] = None

    for key in sorted(devices):
        visit(key, ())
    return list(done)


def _cooling(blueprint: Blueprint, hall: str) -> Iterator[Declared]:
    for key, device in sorted(blueprint.cooling.items()):
        if device.hall == hall:
            yield Declared(
                type="gigaworks:hall:CoolingDevice",
                name=_local(key, hall),
                properties=facts(device, "load_kw"),
            )


def _racks(blueprint: Blueprint, hall: str) -> Iterator[Declared]:
    nodes: dict[str, dict[str, Any]] = {}
    for name, node in sorted(blueprint.nodes.items()):
        nodes.setdefault(node.rack, {})[name] = _node(node)
    for key, rack in sorted(blueprint.racks.items()):
        if rack.hall != hall:
            continue
        feeds = [f"PowerDevice/{_local(feed, hall)}" for feed in rack.feeds if blueprint.power[feed].hall == hall]
        cooling = [f"CoolingDevice/{_local(rack.cooling, hall)}"] if rack.cooling else []
        yield Declared(
            type="gigaworks:hall:Rack",
            name=_local(key, hall),
            properties={**facts(rack), "nodes": nodes.get(key, {})},
            depends_on=[f"Hall/{hall}", *feeds, *cooling],
        )


def _node(node: Node) -> dict[str, Any]:
    """Return what a node is as a thing; what runs on it is the roles' business."""
    return known(
        {
            "device": node.device,
            "position": node.position,
            "height": node.height,
            "serial": node.serial,
            "arch": node.arch,
            "draw_kw": node.draw_kw,
            "bmc": _controller(node.bmc) if node.bmc else None,
            "outlets": node.outlets,
            "nics": {nic.name: nic.mac for nic in node.nics},
        }
    )


def _pdu_limits(blueprint: Blueprint, hall: str, credentials: str | None) -> Iterator[Declared]:
    for name, pdu in sorted(blueprint.pdus.items()):
        if pdu.hall == hall and pdu.limit_kw is not None:
            yield Declared(
                type="gigaworks:hall:PduLimits",
                name=name,
                properties=known(
                    {"controller": _controller(pdu.bmc), "credentials": credentials, "limit_kw": pdu.limit_kw}
                ),
                depends_on=[f"Rack/{_local(pdu.rack, hall)}"],
            )


def _node_settings(blueprint: Blueprint, hall: str, credentials: str | None) -> Iterator[Declared]:
    for name, node in sorted(blueprint.nodes.items()):
        if node.hall == hall and node.bmc:
            yield Declared(
                type="gigaworks:hall:NodeSettings",
                name=name,
                properties=known(
                    {
                        "controller": _controller(node.bmc),
                        "credentials": credentials,
                        "boot": "disk",  # the network only once, when a node is installed
                        "power_cap_w": node.power_cap_w,
                    }
                ),
                depends_on=[f"Rack/{_local(node.rack, hall)}"],
            )


def _controller(bmc: Bmc) -> dict[str, str]:
    return {"name": bmc.name, "address": bmc.address, "user": bmc.user}


def _local(key: str, hall: str | None) -> str:
    return key.removeprefix(f"{hall}/") if hall else key
