"""The storage stack: distributed volumes over storage servers."""

from __future__ import annotations

from gigaworks.inventory.blueprint import Blueprint, Node, Volume
from gigaworks.stacks.slicing.declared import Declared, StackSlice


def storage_slice(blueprint: Blueprint) -> StackSlice:
    """Cut out the storage stack."""
    resources = [_volume(volume, blueprint.nodes) for _, volume in sorted(blueprint.volumes.items())]
    return StackSlice(name="storage", kind="storage", resources=resources)


def _volume(volume: Volume, nodes: dict[str, Node]) -> Declared:
    return Declared(
        type="gigaworks:storage:Volume",
        name=volume.name,
        properties={
            "kind": volume.kind,
            "data": volume.data,
            "parity": volume.parity,
            "bricks": {f"{server}-fabric": volume.brick for server in volume.servers},
            "servers": [
                {"name": server, "address": (nodes[server].nics[0].address or "").partition("/")[0]}
                for server in volume.servers
            ],
            "options": volume.options,
            "started": True,
            "bricks_offline": [],
        },
    )
