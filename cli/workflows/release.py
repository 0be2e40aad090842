"""A person sends nodes back to where their way begins: out of a person's hands, or to be installed anew."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gigaworks.cli.record.act import record
from gigaworks.cli.workflows.opened import open_plant
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import Problem, Refused

if TYPE_CHECKING:
    from gigaworks.inventory.blueprint import Blueprint
    from gigaworks.inventory.declare import Declared

HELD = {"quarantined", "repair", "failed"}
GONE = {"expected", "retired"}


def release_node(declared: Declared, folder: SiteFolder, name: str, message: str) -> str:
    """Move a node that is quarantined, failed or in repair back to *expected*; return the state that it had.

    Raises:
        Refused: nobody holds the node.
    """
    plant = open_plant(folder, declared.blueprint)
    try:
        node = plant.nodes.get(name)
        if node is None or node.state not in HELD:
            state = node.state if node else "expected"
            raise Refused(
                Problem("nothing holds the node", f"{name} is {state}", "plan and apply as usual", subject=name)
            )
        plant.nodes.move(node, "expected", message or "released by a person")
        record(folder, "release", message=f"{name}: {message}".rstrip(": "))
        return node.state
    finally:
        plant.close()


def reinstall_nodes(declared: Declared, folder: SiteFolder, names: Iterable[str], message: str) -> dict[str, str]:
    """Let the next apply discover and install nodes anew, as after a new disk or board; return the state each had.

    Nothing is done to the nodes themselves before that apply.

    Raises:
        Locked: another run changes this site.
    """
    from gigaworks.stacks.engine.lease import Lease

    plant = open_plant(folder, declared.blueprint)
    before: dict[str, str] = {}
    try:
        with Lease(folder, "gigaworks node reinstall"):
            for name in sorted(names):
                node = plant.nodes.get(name)
                if node is None or node.state in GONE:
                    continue
                before[name] = node.state
                if node.state not in {*HELD, "discovered", "verified"}:
                    node = plant.nodes.move(node, "drain", message)
                    node = plant.nodes.move(node, "repair", message)
                plant.nodes.move(node, "expected", message or "to be installed anew")
        if before:
            record(folder, "reinstall", message=f"{', '.join(before)}: {message}".rstrip(": "))
        return before
    finally:
        plant.close()


def installed(folder: SiteFolder, blueprint: Blueprint) -> list[str]:
    """Return the nodes of which the record says that they stand somewhere behind *expected*."""
    plant = open_plant(folder, blueprint)
    try:
        return [name for name, node in plant.nodes.all().items() if node.state not in GONE]
    finally:
        plant.close()
