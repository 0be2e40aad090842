"""Give a node back to the fleet that only a person may release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gigaworks.cli.record.act import record
from gigaworks.cli.workflows.opened import open_plant
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import Problem, Refused

if TYPE_CHECKING:
    from gigaworks.inventory.declare import Declared

HELD = {"quarantined", "repair", "failed"}


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
