"""How a site stands, from the records alone: nothing is asked of a device."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal

from gigaworks.cli.record.ledger import Ledger
from gigaworks.cli.record.results import Applied, NodeStatus, SiteStatus, StackStatus
from gigaworks.cli.workflows.evidence import evidence_of
from gigaworks.cli.workflows.opened import open_plant, slices_of
from gigaworks.inventory.blueprint import Blueprint, Node
from gigaworks.inventory.fleet.states import shown
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError

_FEW = 50  # nodes that are asked for one by one

if TYPE_CHECKING:
    from gigaworks.inventory.declare import Declared
    from gigaworks.inventory.fleet.record import NodeRecord
    from gigaworks.inventory.plant import Plant


def read_status(declared: Declared, folder: SiteFolder) -> SiteStatus:
    """Return what was applied last and where each declared node is."""
    from gigaworks.stacks.engine.lease import holder

    blueprint = declared.blueprint
    plant = open_plant(folder, blueprint)
    try:
        records = plant.nodes.all()
        head = plant.head()
        stacks = _stacks(folder, blueprint, plant)
        nodes = [_node(folder, blueprint, node, records.get(name)) for name, node in sorted(blueprint.nodes.items())]
    finally:
        plant.close()
    living = holder(folder)
    last = None
    if head:
        said = [entry for entry in Ledger(folder.ledger).entries() if entry.plan == head.plan]
        last = Applied(
            serial=head.serial,
            plan=head.plan,
            at=_utc(head.finished or head.started),
            who=said[-1].who.user if said else "",
            why=said[-1].why.message if said else "",
            result="interrupted" if head.result == "running" else head.result,
        )
    return SiteStatus(
        site=blueprint.site.name,
        nodes=nodes,
        stacks=stacks,
        last_applied=last,
        lab=_lab(folder) if blueprint.site.lab else None,
        lease=str(living) if living else None,
        interrupted=bool(head and head.result == "running" and not living),
    )


def node_statuses(blueprint: Blueprint, folder: SiteFolder, names: Collection[str]) -> list[NodeStatus]:
    """Return where some nodes are; no more of the fleet's record is read than they need."""
    records: dict[str, NodeRecord | None] = {}
    if blueprint.site.database or folder.plant.exists():
        plant = open_plant(folder, blueprint)
        try:
            records |= {name: plant.nodes.get(name) for name in names} if len(names) < _FEW else plant.nodes.all()
        finally:
            plant.close()
    return [_node(folder, blueprint, blueprint.nodes[name], records.get(name)) for name in names]


def _stacks(folder: SiteFolder, blueprint: Blueprint, plant: Plant) -> list[StackStatus]:
    try:
        wanted = slices_of(folder, blueprint)
    except GigaworksError:  # without images and keys nothing can be applied, but the rest can be told
        return []
    found = []
    for name, stack in wanted.items():
        applied = plant.stack_digest(name)
        current = None if applied is None else applied == stack.digest
        found.append(StackStatus(name=name, resources=len(stack.resources), current=current))
    return found


def _lab(folder: SiteFolder) -> Literal["up", "down"]:
    from gigaworks.inventory import lab

    return "up" if lab.is_up(folder) else "down"


def _node(folder: SiteFolder, blueprint: Blueprint, node: Node, record: NodeRecord | None) -> NodeStatus:
    unit = blueprint.racks[node.rack].unit
    return NodeStatus(
        name=node.name,
        state=shown(record) if record else "expected",
        rack=node.rack,
        position=f"{unit} {node.position:g}",
        arch=node.arch,
        profile=node.profile,
        address=(node.nics[0].address or "").partition("/")[0] if node.nics else None,
        image=record.installed_image if record else None,
        since=_utc(record.since) if record and record.since else "",
        reason=record.reason if record else "",
        serial=record.serial if record else None,
        firmware=record.inventory.get("firmware") if record else None,
        evidence=evidence_of(folder, node.name),
    )


def _utc(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="seconds")
