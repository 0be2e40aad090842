"""Do what a plan says and nothing else: stacks, then nodes in waves; resumable at any moment."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal

from gigaworks.cli.record.act import record
from gigaworks.cli.record.document import NodeChange, PlanDocument, Wave, load
from gigaworks.cli.record.results import Outcome
from gigaworks.cli.workflows.events import Emit, Event, problem_event
from gigaworks.cli.workflows.interrupt import Interruption
from gigaworks.cli.workflows.opened import open_plant, slices_of
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.canonical import canonical
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem, Refused

if TYPE_CHECKING:
    from gigaworks.inventory.plant import Plant
    from gigaworks.stacks.engine import Engine
    from gigaworks.stacks.engine.changes import Progress
    from gigaworks.stacks.slicing.declared import StackSlice

Result = Literal["done", "part", "failed"]


def apply_plan(
    document: PlanDocument, folder: SiteFolder, emit: Emit, message: str = "", *, resume: bool = False
) -> Outcome:
    """Apply a plan and return how it ended. The same plan again carries on where it stopped.

    Raises:
        Locked: another run changes this site.
        Refused: another plan was applied since this one was made, or this one is done already.
        KeyboardInterrupt: it was interrupted; what was done is recorded, and the same plan carries on.
    """
    from gigaworks.stacks.engine import Engine
    from gigaworks.stacks.engine.lease import Lease

    what = "destroy" if document.destroy else "apply"
    with Lease(folder, f"gigaworks {what}") as lease, Interruption() as interruption:
        if lease.took_over:
            emit(Event(kind="progress", message=f"the lease was taken over from a dead run: {lease.took_over}"))
        plant = open_plant(folder, document.blueprint)
        try:
            serial, again = _begin(document, plant, resume=resume)
            document.save(folder.plans / f"{document.sha256}.json")
            record(folder, what, message=message, plan=document.sha256, result="started")
            folder.pause.unlink(missing_ok=True)  # it was for the run before
            engine = Engine(folder, document.blueprint, lease)
            interruption.callbacks.append(engine.interrupt)
            run = _Apply(document, folder, plant, engine, emit, interruption.stop, again=again)
            whole = False  # until the end is reached, whatever is raised
            try:
                run.all()
                whole = True
            except GigaworksError as error:
                run.failed.append(what)
                for problem in error.problems:
                    emit(problem_event(problem))
            finally:
                stopped = interruption.stop.is_set()
                whole = whole and not (run.failed or run.skipped or stopped)
                result: Result = "done" if whole else "part" if run.done else "failed"
                plant.finish(serial, result)
                counts = {"done": len(run.done), "failed": len(run.failed), "skipped": len(run.skipped)}
                told = "interrupted" if stopped else result
                record(folder, what, message=message, plan=document.sha256, result=told, counts=counts)
            if stopped:
                raise KeyboardInterrupt
            return Outcome(done=len(run.done), failed=run.failed, skipped=run.skipped, result=result, paused=run.paused)
        finally:
            plant.close()


def _parent(document: PlanDocument, folder: SiteFolder) -> Blueprint | None:
    """Return what was applied when the plan was made: it still knows the nodes that the plan retires."""
    if document.parent is None:
        return None
    return load(folder.plans / f"{document.parent.plan}.json").blueprint


def _begin(document: PlanDocument, plant: Plant, *, resume: bool) -> tuple[int, bool]:
    """Return the serial under which the plan is applied, and whether it was begun before."""
    head = plant.head()
    if head and head.plan == document.sha256:
        if head.result == "done" and not resume:
            raise Refused(
                Problem(
                    "the plan is applied already",
                    f"plan {document.sha256[:12]}… was applied as serial {head.serial}",
                    "plan again to see what would change now",
                )
            )
        return head.serial, True
    parent = document.parent.serial if document.parent else None
    return plant.begin(document.sha256, canonical(document.blueprint), parent), False


class _Apply:
    def __init__(
        self,
        document: PlanDocument,
        folder: SiteFolder,
        plant: Plant,
        engine: Engine,
        emit: Emit,
        stop: threading.Event,
        *,
        again: bool,
    ) -> None:
        from gigaworks.cli.workflows.converge import Fleet

        self.document, self.plant, self.engine, self.stop = document, plant, engine, stop
        policy = document.blueprint.policy
        self.fail_percent = policy.fail_percent if document.fail_percent is None else document.fail_percent
        self.pause = folder.pause
        self.again = again
        self.before = _parent(document, folder)
        self.lock = threading.Lock()
        self.listener = emit
        self.fleet = Fleet(folder, document.blueprint, plant, self.emit, stop)
        self.slices = slices_of(folder, document.blueprint)
        self.done: list[str] = []
        self.failed: list[str] = []
        self.skipped: list[str] = []
        self.halted = False  # without boot services, after a closed gate or on request, no further wave begins
        self.paused = ""  # by whom and why

    def emit(self, event: Event) -> None:
        """Pass an event on; several threads tell at once."""
        with self.lock:
            self.listener(event)

    def all(self) -> None:
        if self.document.destroy:
            self._destroy()
            return
        self._retire()  # while the stacks still know the nodes
        self.emit(Event(kind="phase", subject="stacks", message="site, halls, network"))
        for name in self.slices:  # in the order in which one stands on the other; a saved plan sorts its keys
            if name != "storage":
                self._up(name)
        self.plant.nodes.expect(self.document.blueprint.nodes)
        stored = self._storage_stage()
        self._waves([wave for wave in self.document.waves if wave.stage <= stored])
        self._up("storage")
        self._waves([wave for wave in self.document.waves if wave.stage > stored])
        self._down_the_undeclared()

    def _down_the_undeclared(self) -> None:
        for name in self.document.stacks:
            if name not in self.slices:
                self._down(name)

    def _storage_stage(self) -> int:
        """Return the stage after which every server of a volume is up."""
        blueprint = self.document.blueprint
        return max((blueprint.profiles[blueprint.nodes[name].profile].stage for name in self._servers()), default=0)

    def _servers(self) -> set[str]:
        return {name for volume in self.document.blueprint.volumes.values() for name in volume.servers}

    def _destroy(self) -> None:
        """Take everything away, what stands on something before what it stands on."""
        self._down("storage")
        self._retire()
        if not self.failed:
            for name in reversed([name for name in self.slices if name != "storage"]):
                self._down(name)
            self._down_the_undeclared()

    def _up(self, name: str) -> None:
        plan, stack = self.document.stacks.get(name), self.slices[name]
        if plan is None:  # it has nothing and never had
            return
        applied = self.plant.stack_digest(name)
        refresh = any(c.stack == name and c.action_reason == "drift" for c in self.document.resource_changes)
        if plan.unchanged or (self.again and applied == stack.digest and not refresh):
            self.emit(Event(kind="stack", subject=name, data={"status": "unchanged"}))
            return
        if self.stop.is_set() or not self._stands(stack):
            self.skipped.append(f"stack {name}")
            return
        if stack.digest != plan.slice_digest:
            raise Refused(
                Problem(
                    "what the plan stands on has changed",
                    f"stack {name} would not be what was planned: an image, a key or a password changed since",
                    "plan again",
                    subject=name,
                )
            )
        self.emit(Event(kind="stack", subject=name, data={"status": "running"}))
        expected = None if self.again else plan.preview_digest
        result = self.engine.up(stack, expected, self._progress, refresh=refresh)
        for address, reason in result.failed.items():
            self._problem(address, reason)
            self.halted |= stack.kind == "site" or "/BootServices/" in address
        if result.ok:
            self.plant.set_stack_digest(name, stack.digest)
        self._ended(name, ok=result.ok, changed=len(result.done))

    def _stands(self, stack: StackSlice) -> bool:
        """Return whether what the stack stands on is there: a volume needs its servers."""
        if stack.kind != "storage":
            return True
        records = self.plant.nodes.all()
        return all(name in records and records[name].state == "in service" for name in self._servers())

    def _down(self, name: str) -> None:
        if self.stop.is_set():
            self.skipped.append(f"stack {name}")
            return
        self.emit(Event(kind="stack", subject=name, data={"status": "running"}))
        result = self.engine.destroy(name, self._progress)
        for address, reason in result.failed.items():
            self._problem(address, reason)
        if result.ok:
            self.plant.set_stack_digest(name, None)
        self._ended(name, ok=result.ok, changed=len(result.done))

    def _ended(self, name: str, *, ok: bool, changed: int) -> None:
        (self.done if ok else self.failed).append(f"stack {name}")
        self.emit(Event(kind="stack", subject=name, data={"status": "done" if ok else "failed", "changed": changed}))

    def _retire(self) -> None:
        names = [change.name for change in self.document.node_changes if "retire" in change.actions]
        if self.stop.is_set():
            self.skipped += names
            return
        blueprints = [self.document.blueprint, *([self.before] if self.before else [])]
        known = {name: blueprint for blueprint in reversed(blueprints) for name in blueprint.nodes}
        self._count(self.fleet.retire({name: known.get(name) for name in names}))

    def _waves(self, waves: list[Wave]) -> None:
        from gigaworks.inventory.fleet.waves import gate

        changes = {change.name: change for change in self.document.node_changes}
        for number, wave in enumerate(self.document.waves, 1):
            if wave not in waves:
                continue
            todo = [changes[name] for name in wave.nodes if not self._there(changes[name])]
            if "stack storage" in (*self.failed, *self.skipped):
                clients = {change.name for change in todo if "storage_client" in change.roles}
                self.skipped += sorted(clients)
                todo = [change for change in todo if change.name not in clients]
            if not todo:
                continue
            self._look_for_pause()
            if self.stop.is_set() or self.halted:
                self.skipped += [change.name for change in todo]
                continue
            data = {"number": number, "of": len(self.document.waves), "nodes": [change.name for change in todo]}
            self.emit(Event(kind="wave", subject=f"wave {number}", message=f"of {len(self.document.waves)}", data=data))
            results = self.fleet.wave(todo)
            self._count(results)
            if not gate(results, self.fail_percent) and not self.stop.is_set():
                self.failed.append(f"gate after wave {number}")
                self.halted = True

    def _look_for_pause(self) -> None:
        """Begin no further wave where somebody asked for a pause."""
        if not self.paused and self.pause.exists():
            self.paused = self.pause.read_text(encoding="utf-8").strip()
            self.halted = True
            self.emit(Event(kind="phase", subject="paused", message=self.paused))

    def _there(self, change: NodeChange) -> bool:
        """Return whether an earlier run of this very plan has finished with the node."""
        from gigaworks.inventory.fleet.node_digest import node_spec_digest

        record = self.plant.nodes.get(change.name) if self.again else None
        if record is None or record.state != "in service" or any(c.role == "drift" for c in change.changes):
            return False
        node = self.document.blueprint.nodes[change.name]
        wanted = node_spec_digest(self.document.blueprint, node, self.fleet.images[node.arch])
        return (record.installed_digest, record.configured_digest) == (wanted["install"], wanted["configure"])

    def _count(self, results: dict[str, bool]) -> None:
        for name, good in results.items():
            if good:
                self.done.append(name)
            else:
                (self.skipped if self.stop.is_set() else self.failed).append(name)

    def _progress(self, progress: Progress) -> None:
        data = {"stack": progress.stack, "op": progress.action, "status": progress.status, "error": progress.error}
        self.emit(Event(kind="resource", subject=progress.address, message=progress.action, data=data))

    def _problem(self, address: str, reason: str) -> None:
        self.emit(
            problem_event(Problem("a resource could not be brought about", f"{address}: {reason}", subject=address))
        )
