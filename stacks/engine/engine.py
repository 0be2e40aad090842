"""The real Pulumi engine, self-hosted: our slices in, previews, results and drift out."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.canonical import canonical, write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem, Refused
from gigaworks.stacks.compare import compare, count
from gigaworks.stacks.engine import install
from gigaworks.stacks.engine.changes import Emit, ResourceDrift, StackDrift, StackPreview, StackResult
from gigaworks.stacks.engine.lease import Lease
from gigaworks.stacks.engine.quiet import VERSION
from gigaworks.stacks.programs import program
from gigaworks.stacks.slicing.declared import StackSlice

if TYPE_CHECKING:
    from pulumi import automation

    from gigaworks.stacks.engine.command import Command
    from gigaworks.stacks.engine.events import Events

PARALLEL = 64  # slow devices wait side by side; the provider itself goes easy on each controller
UNREADABLE = "unreadable"  # the property under which the provider says that a device did not answer
WRITING = {"up", "update", "destroy", "refresh", "import", "state", "rm", "watch"}  # commands that need the lease
LIMIT_S = 4 * 3600.0
"""How long one command of the engine may take; then it is ended gracefully."""


class Engine:
    """Pulumi for one site. Methods may be called from several threads, one stack each.

    A change needs the site's ``lease``; looking does not.

    Raises:
        GigaworksError: from the constructor, when there is no engine on this computer.

    """

    def __init__(self, folder: SiteFolder, blueprint: Blueprint, lease: Lease | None = None) -> None:
        self.folder, self.blueprint, self.lease = folder, blueprint, lease
        self._one = threading.Lock()
        binary = install.find()
        if binary is None:
            raise GigaworksError(
                Problem("there is no engine on this computer", f"Pulumi {VERSION}", "type: gigaworks engine install")
            )
        self._binary = binary

    def preview(self, stack: StackSlice, *, refresh: bool = False) -> StackPreview:
        """Return what applying the slice would do; ``refresh`` looks at the devices first, so that drift shows.

        Raises:
            GigaworksError: the engine cannot tell.
            KeyboardInterrupt: it was interrupted.

        """
        from gigaworks.stacks.engine.events import Events

        events = Events(stack.name)
        self._command(stack.name, "preview", events, program=program(stack, PARALLEL), refresh=refresh)
        return StackPreview(stack=stack.name, changes=events.changes(), same=events.same, digest=events.digest())

    def up(
        self, stack: StackSlice, expected_digest: str | None, emit: Emit | None = None, *, refresh: bool = False
    ) -> StackResult:
        """Apply the slice, if that would still do what the preview with ``expected_digest`` said.

        Interrupted, it finishes what is in flight and says so in its result. ``None`` expects nothing.

        Raises:
            Refused: the stack has moved since the preview.
            GigaworksError: the engine could not begin.

        """
        from gigaworks.stacks.engine.events import Events

        self._ready_to_change(stack.name)
        if expected_digest is not None and self.preview(stack, refresh=refresh).digest != expected_digest:
            raise Refused(
                Problem(
                    "a stack has moved since the plan was made",
                    f"stack {stack.name} would now do something else than the plan says",
                    "plan again and look at what changed",
                    subject=stack.name,
                )
            )
        write_whole(self._blueprint_file, canonical(self.blueprint))
        events = Events(stack.name, emit)
        run = program(stack, PARALLEL)
        self._command(stack.name, "up", events, program=run, refresh=refresh, continue_on_error=True)
        return self._verdict(events, {each.local: each.properties for each in stack.resources})

    def destroy(self, name: str, emit: Emit | None = None) -> StackResult:
        """Delete everything that the stack holds, and then the stack itself."""
        from gigaworks.stacks.engine.events import Events

        if name not in self.stacks():
            return StackResult(stack=name)
        self._ready_to_change(name)
        events = Events(name, emit)
        self._command(name, "destroy", events, continue_on_error=True)
        result = self._verdict(events, {})
        if result.ok:
            self._workspace.remove_stack(name)
            self._known.discard(name)
        return result

    def drift(self, stack: StackSlice) -> StackDrift:
        """Compare what the stack applied with the devices; takes no lock and writes nothing.

        Raises:
            GigaworksError: the engine cannot tell.
            KeyboardInterrupt: it was interrupted.

        """
        if stack.name not in self.stacks():
            return StackDrift(stack=stack.name, items=[], resources=0, settings=0)
        from gigaworks.stacks.engine.events import Events, address_of, inputs_of, ours

        events = Events(stack.name)
        self._command(stack.name, "preview_refresh", events)
        items: list[ResourceDrift] = []
        settings = resources = 0
        for urn, step in sorted(events.refreshed.items()):
            if not ours(urn):
                continue
            declared, observed = inputs_of(step.old), inputs_of(step.new) if step.new else None
            resources, settings = resources + 1, settings + count(declared)
            where = {"address": address_of(urn, stack.name), "stack": stack.name, "type": step.type}
            where["name"] = urn.rpartition("::")[2]
            if observed is None:
                items.append(ResourceDrift(**where, path="", declared="present"))
            elif UNREADABLE in observed:
                items.append(ResourceDrift(**where, path="", unreadable=observed[UNREADABLE]))
            else:
                items += [
                    ResourceDrift(**where, path=each.path, declared=each.before, observed=each.after)
                    for each in compare(declared, observed)
                ]
        return StackDrift(stack=stack.name, items=items, resources=resources, settings=settings)

    def stacks(self) -> list[str]:
        """Return the stacks that the state knows, those included whose hall is no longer declared."""
        return sorted(self._known)

    def run(self, args: Sequence[str]) -> int:
        """Run any Pulumi command with the same state and environment, on this terminal; return its exit code.

        Raises:
            Locked: the command changes something, and another run holds the lease.

        """
        alone = self.lease is None and bool(WRITING.intersection(args))
        with Lease(self.folder, f"engine run -- {' '.join(args)}") if alone else nullcontext():
            work = self.folder.pulumi.absolute() / "work"
            return subprocess.run([str(self._binary), *args], cwd=work, env=self._environment, check=False).returncode

    def interrupt(self) -> None:
        """End every running command gracefully: what is in flight is finished, nothing new begun."""
        self._cli.interrupt()

    def _command(self, stack: str, verb: str, events: Events, **options: Any) -> None:
        """Run one operation; a change that failed in part is left to the verdict, everything else is raised."""
        from pulumi.automation.errors import CommandError

        said = ""
        try:
            operation = getattr(self._stack(stack, destroying=verb == "destroy"), verb)
            operation(parallel=PARALLEL, color="never", suppress_progress=True, on_event=events, **options)
        except (CommandError, RuntimeError) as error:
            said = str(error)
        if verb in {"up", "destroy"} and events.steps:
            return
        if self._cli.interrupted.is_set():
            raise KeyboardInterrupt
        if said or events.errors:
            reasons = [*events.errors, *events.failed.values()] or [said[-2000:]]
            raise GigaworksError(
                *(Problem("the engine could not work on a stack", f"{stack}: {why}", subject=stack) for why in reasons)
            )

    def _verdict(self, events: Events, declared: dict[str, dict[str, Any]]) -> StackResult:
        """Judge by what was reported finished and by what the state holds now."""
        name = events.stack
        failed = dict(events.failed)
        if not events.complete and not self._cli.interrupted.is_set():
            failed.setdefault(name, "\n".join(events.errors) or "the engine ended before its work was done")
        held = self._held(name)
        wrong = {local for local in {*held, *declared} if held.get(local) != declared.get(local)}
        return StackResult(
            stack=name,
            done=sorted(change.address for change in events.done_changes()),
            failed=failed,
            undone=sorted(address for local in wrong if (address := f"{name}/{local}") not in failed),
            interrupted=self._cli.interrupted.is_set(),
        )

    def _held(self, stack: str) -> dict[str, dict[str, Any]]:
        """Return the inputs of what the state holds, and drop the marks of operations that never ended.

        Those would only make the engine ask; our Create adopts what an unfinished one has left.
        """
        from gigaworks.stacks.engine.events import address_of, ours

        state = self._workspace.export_stack(stack)
        deployment = dict(state.deployment or {})
        if deployment.pop("pending_operations", None):
            state.deployment = deployment
            self._workspace.import_stack(stack, state)
        return {
            address_of(each["urn"], stack).removeprefix(f"{stack}/"): {
                key: value for key, value in (each.get("inputs") or {}).items() if not key.startswith("__")
            }
            for each in deployment.get("resources") or ()
            if ours(each["urn"])
        }

    def _ready_to_change(self, stack: str) -> None:
        if self.lease is None:
            raise ValueError("an engine that changes something needs the lease")
        self.lease.check()
        from gigaworks.stacks.engine.workspace import clear_dead_locks

        clear_dead_locks(self.folder, self.blueprint.site, stack)

    def _stack(self, name: str, *, destroying: bool) -> automation.Stack:
        from gigaworks.stacks.engine.workspace import Stack, workspace

        with self._one:  # stacks are made one after another
            if name not in self._known:
                self._workspace.create_stack(name)
                self._known.add(name)
        told = {"GIGAWORKS_DESTROYING": "true"} if destroying else {}
        return Stack(name, workspace(self._cli, self.folder.pulumi.absolute() / "work", **told))

    @cached_property
    def _known(self) -> set[str]:
        return {each.name.rpartition("/")[2] for each in self._workspace.list_stacks()}

    @cached_property
    def _workspace(self) -> automation.LocalWorkspace:
        from gigaworks.stacks.engine.workspace import workspace

        return workspace(self._cli, self.folder.pulumi.absolute() / "work")

    @cached_property
    def _cli(self) -> Command:
        from gigaworks.stacks.engine.command import Command

        return Command(self._binary, self._environment, LIMIT_S)

    @cached_property
    def _environment(self) -> dict[str, str]:
        from gigaworks.stacks.engine.workspace import settings

        return {
            **settings(self.folder, self.blueprint.site),
            "GIGAWORKS_SITE": str(self.folder.root.absolute()),
            "GIGAWORKS_BLUEPRINT": str(self._blueprint_file),
            "GIGAWORKS_DATABASE": self.blueprint.site.database or "",
            "GIGAWORKS_FENCING": str(self.lease.fencing) if self.lease else "",
        }

    @property
    def _blueprint_file(self) -> Path:
        """What is being applied; one file is enough, for whoever applies holds the lease."""
        return self.folder.pulumi.absolute() / "blueprint.json"
