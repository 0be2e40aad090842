"""The nodes of one wave, from wherever they stand to in service: up in threads, roles and acceptance in batches."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from gigaworks.cli.record.document import NodeChange
from gigaworks.cli.workflows.events import Emit, Event, problem_event
from gigaworks.cli.workflows.nodes import Choose, run_roles
from gigaworks.cli.workflows.opened import image_digests
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.canonical import pretty, write_whole
from gigaworks.inventory.fleet.drive import Drive
from gigaworks.inventory.fleet.drivers import drivers_for
from gigaworks.inventory.fleet.node_digest import node_spec_digest
from gigaworks.inventory.fleet.states import resume, shown
from gigaworks.inventory.fleet.trouble import Interrupted
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem

if TYPE_CHECKING:
    from gigaworks.inventory.fleet.record import NodeRecord
    from gigaworks.inventory.plant import Plant
    from gigaworks.roles.target import HostResult, Mode

KEPT = {"apply": "configuration", "check": "acceptance"}  # mode → the evidence's file
SETTLED = {"in service", "failed", "quarantined", "retired"}
SHOWN = {"discovering": "expected", "verifying": "discovered", "booting": "installing", "starting": "installing"}


class Fleet:
    """Moves nodes as a plan says; one for each apply.

    Raises:
        GigaworksError: from ``wave``, when the plant cannot be used.
    """

    def __init__(
        self, folder: SiteFolder, blueprint: Blueprint, plant: Plant, emit: Emit, stop: threading.Event
    ) -> None:
        self.folder, self.blueprint, self.plant, self.emit, self.stop = folder, blueprint, plant, emit, stop
        self.images = image_digests(folder, blueprint)

    def wave(self, changes: list[NodeChange]) -> dict[str, bool]:
        """Bring every node of the wave to in service; return which are there. Ends early when ``stop`` is set."""
        drives: dict[str, Drive] = {}
        good: dict[str, bool] = {}
        for change in changes:
            if problem := self._refused(change.name):
                good[change.name] = False
                self.emit(problem_event(problem))
            else:
                drives[change.name] = self._drive(change.name)
        for change in changes:
            if change.name in drives:
                self._step_back(drives[change.name], change)
        while left := [drive for drive in drives.values() if drive.record.state not in SETTLED]:
            if self.stop.is_set():
                break
            self._in_threads(left, lambda drive: drive.bring_up())
            self._configure([drive for drive in left if drive.record.state == "installed"])
            self._accept([drive for drive in left if drive.record.state == "configured"])
            for drive in left:
                if drive.record.state == "accepted":
                    drive.move("in service")
        return good | {name: drive.record.state == "in service" for name, drive in drives.items()}

    def retire(self, nodes: dict[str, Blueprint | None]) -> dict[str, bool]:
        """Take nodes out for good; each comes with a blueprint that knows it, and stays as it is without one."""
        records = self.plant.nodes.all()
        left = {name: blueprint for name, blueprint in nodes.items() if records[name].state != "retired"}
        drives = [self._drive(name, blueprint) for name, blueprint in left.items() if blueprint]
        self._in_threads(drives, lambda drive: drive.retire())
        gone = {drive.node.name for drive in drives if drive.record.state == "retired"}
        return {name: name not in left or name in gone for name in nodes}

    def _refused(self, name: str) -> Problem | None:
        """Return why the fleet may not touch a node: what no stack applied does not exist for it."""
        node = self.blueprint.nodes[name]
        if self.plant.may_act(node):
            return None
        return Problem(
            "the node's rack is not applied",
            f"{name} stands in {node.rack}, which stack hall-{node.hall} has not brought about",
            f"look at the stack's failure above; then gigaworks apply {self.folder.root} --resume",
            subject=name,
        )

    def _drive(self, name: str, blueprint: Blueprint | None = None) -> Drive:
        blueprint = blueprint or self.blueprint
        node = blueprint.nodes[name]
        drivers = drivers_for(self.folder, blueprint, node, self.plant, self._tell, self.stop)
        spec = node_spec_digest(blueprint, node, self.images[node.arch])
        return Drive(node, blueprint, drivers, spec["install"])

    def _step_back(self, drive: Drive, change: NodeChange) -> None:
        """Take a node to where the plan's change begins: back from a failure, or down to its disk or configuration."""
        if drive.record.state == "failed":
            drive.move(resume(drive.record), "tried again")
        if drive.record.state == "in service":
            drive.move("drain", change.reason)
        if drive.record.state == "drain":
            drive.move("verified" if "bring-up" in change.actions else "installed", change.reason)

    def _configure(self, drives: list[Drive]) -> None:
        from gigaworks.roles.context import configuring

        for drive, result in self._roles(drives, "configuring", "apply", configuring):
            spec = node_spec_digest(self.blueprint, drive.node)["configure"]
            changed = sum(operation.change for operation in result.operations) if result else 0
            drive.move("configured", f"{changed} operations changed something", configured_digest=spec)

    def _accept(self, drives: list[Drive]) -> None:
        from gigaworks.roles.context import measuring

        for drive, result in self._roles(drives, "accepting", "check", measuring):
            told = f"{len(result.checks)} measurements within their thresholds" if result else "nothing to measure"
            drive.move("accepted", told, accepted_digest=drive.record.configured_digest)

    def _roles(
        self, drives: list[Drive], step: str, mode: Mode, choose: Choose
    ) -> Iterator[tuple[Drive, HostResult | None]]:
        """Run roles on all nodes at once and yield those that passed, with their result where there was a role."""
        if self.stop.is_set():
            return
        for drive in drives:
            drive.progress(step)
        names = [drive.node.name for drive in drives]
        results = run_roles(self.folder, self.blueprint, names, mode, choose, self.emit, self.stop)
        for drive in drives:
            result = results.get(drive.node.name)
            if result is not None:
                self._keep(drive.node.name, KEPT[mode], result)
            if result is None or result.ok:
                yield drive, result
            elif not self.stop.is_set():
                drive.failed(_error(result))

    def _keep(self, name: str, what: str, result: HostResult) -> None:
        """Keep what was measured and read back as evidence."""
        at = datetime.now(UTC).isoformat(timespec="seconds")
        kept = {"node": name, "at": at, "ok": result.ok, "checks": result.checks, "skipped": result.skipped}
        write_whole(self.folder.evidence / name / f"{what}.json", pretty(kept))
        for check in result.checks:
            data = {
                "role": check.role,
                "id": check.id,
                "expected": check.expected,
                "observed": check.observed,
                "unit": check.unit,
                "ok": check.ok,
            }
            self.emit(Event(kind="check", subject=name, message=check.summary, data=data))
        for skipped in result.skipped:
            self.emit(Event(kind="progress", subject=name, message=f"{skipped.role} skipped: {skipped.reason}"))

    def _in_threads(self, drives: list[Drive], work: Callable[[Drive], object]) -> None:
        def one(drive: Drive) -> None:
            try:
                work(drive)
            except Interrupted:
                pass  # the record says where it goes on
            finally:
                drive.close()

        if drives:
            with ThreadPoolExecutor(max_workers=len(drives), thread_name_prefix="node") as pool:
                for future in [pool.submit(one, drive) for drive in drives]:
                    future.result()

    def _tell(self, before: NodeRecord, after: NodeRecord, message: str) -> None:
        names = {"before": _word(before), "after": _word(after)}
        if names["before"] == names["after"] and not message:
            return
        moved = names["before"] != names["after"] or after.attempts > before.attempts
        kind = "node" if moved else "progress"
        self.emit(Event(kind=kind, subject=after.name, message=message or after.reason, data=names))


def _word(record: NodeRecord) -> str:
    word = shown(record)
    return SHOWN.get(word, word)


def _error(result: HostResult) -> GigaworksError:
    if result.error:
        return GigaworksError(result.error)
    broken = [check for check in result.checks if not check.ok]
    told = ", ".join(f"{c.role} {c.summary}: {c.observed} {c.unit}".rstrip() + f" (not {c.expected})" for c in broken)
    return GigaworksError(Problem("checks do not hold", told, subject=result.name))
