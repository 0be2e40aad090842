"""Roles on nodes: targets made from the blueprint, results told as events."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from gigaworks.cli.workflows.events import Emit, Event
from gigaworks.inventory.blueprint import Blueprint, RoleCall
from gigaworks.inventory.folder import SiteFolder

if TYPE_CHECKING:
    from gigaworks.roles.target import HostResult, Mode, Progress

Choose = Callable[[list[RoleCall]], list[RoleCall]]


def run_roles(
    folder: SiteFolder,
    blueprint: Blueprint,
    names: Iterable[str],
    mode: Mode,
    choose: Choose,
    emit: Emit,
    stop: threading.Event | None = None,
) -> dict[str, HostResult]:
    """Run the chosen roles of each named node's profile and return a result for each node.

    Nodes whose profile has none of the chosen roles are left out.
    """
    from gigaworks.roles.context import site_context, target_for
    from gigaworks.roles.runner import run

    site = site_context(blueprint, folder.root)
    targets = []
    for name in names:
        node = blueprint.nodes[name]
        if roles := choose(blueprint.profiles[node.profile].roles):
            targets.append(
                target_for(
                    blueprint,
                    node,
                    site,
                    key_file=folder.ssh_key,
                    known_hosts=folder.known_hosts,
                    roles=roles,
                    roles_folder=folder.root / "roles",
                )
            )

    def tell(progress: Progress) -> None:
        emit(Event(kind="progress", subject=progress.host, message=f"{progress.role} {progress.message}".strip()))

    results = run(targets, mode, tell, stop=stop) if targets else {}
    for name, result in results.items():
        told = f"{len(result.checks)} settings read, {len(result.operations)} operations"
        data = {"remote_executions": result.remote_executions, "seconds": result.seconds}
        emit(Event(kind="progress", subject=name, message=f"{told}, {result.remote_executions} executions", data=data))
    return results
