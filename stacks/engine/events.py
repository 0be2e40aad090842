"""The engine's event stream, gathered while a command runs and read afterwards."""

from __future__ import annotations

import re
from typing import Any

from pulumi.automation.events import EngineEvent, StepEventMetadata, StepEventStateMetadata

from gigaworks.inventory.canonical import digest
from gigaworks.stacks.compare import compare
from gigaworks.stacks.engine.changes import Action, Emit, Progress, ResourceChange

_ACTIONS: dict[str, list[Action]] = {
    "create": ["create"],
    "update": ["update"],
    "delete": ["delete"],
    # No type of ours has a replacing property; should one ever slip in, the plan shows what it means.
    "replace": ["delete", "create"],
    "create-replacement": ["delete", "create"],
    "delete-replaced": ["delete"],
}


class Events:
    """Takes the events of one command. Nothing raised in here would be seen, so it only gathers."""

    def __init__(self, stack: str, emit: Emit | None = None) -> None:
        self.stack = stack
        self._emit = emit
        self.steps: list[StepEventMetadata] = []
        self._done: set[str] = set()
        self.failed: dict[str, str] = {}
        self.refreshed: dict[str, StepEventMetadata] = {}
        self.complete = False
        self._looked_at: set[str] = set()
        self._errors: dict[str, list[str]] = {}

    def __call__(self, event: EngineEvent) -> None:
        """Take one event."""
        if event.resource_pre_event:
            step = event.resource_pre_event.metadata
            if step.op.value == "refresh":
                self._looked_at.add(step.urn)
            else:
                self.steps.append(step)
                self._say(step, "running")
        elif event.res_outputs_event:
            step = event.res_outputs_event.metadata
            if step.urn in self._looked_at:  # the end of a refresh carries the op that it found
                self._looked_at.remove(step.urn)
                self.refreshed[step.urn] = step
            else:
                self._done.add(address_of(step.urn, self.stack))
                self._say(step, "done")
        elif event.res_op_failed_event:
            step = event.res_op_failed_event.metadata
            reason = "\n".join(self._errors.get(step.urn, ())) or "the engine gave no reason"
            self.failed[address_of(step.urn, self.stack)] = reason
            self._say(step, "failed", reason)
        elif event.diagnostic_event and event.diagnostic_event.severity == "error":
            self._errors.setdefault(event.diagnostic_event.urn or "", []).append(_plain(event.diagnostic_event.message))
        elif event.summary_event:
            self.complete = True

    @property
    def errors(self) -> list[str]:
        """Errors that belong to no resource of ours."""
        return [text for urn, texts in self._errors.items() if not ours(urn) for text in texts]

    def changes(self) -> list[ResourceChange]:
        """Return what the previewed command would do to our resources, in the order of their addresses."""
        found = [_change(step, self.stack) for step in self.steps if ours(step.urn) and step.op.value in _ACTIONS]
        return sorted(found, key=lambda change: (change.address, change.actions))

    @property
    def same(self) -> int:
        """How many of our resources stay as they are."""
        return sum(1 for step in self.steps if ours(step.urn) and step.op.value == "same")

    def done_changes(self) -> list[ResourceChange]:
        """Return the changes that were reported finished."""
        return [change for change in self.changes() if change.address in self._done]

    def digest(self) -> str:
        """Return the SHA-256 of everything that the command would do, whatever the order of its events."""
        rows = [
            {
                "op": step.op.value,
                "urn": step.urn,
                "type": step.type,
                "diffs": sorted(step.diffs or ()),
                "detail": {path: each.diff_kind.value for path, each in (step.detailed_diff or {}).items()},
                "old": _inputs(step.old),
                "new": _inputs(step.new),
                "provider": (step.provider or "").rpartition("::")[0],  # without the id of this very process
            }
            for step in self.steps
        ]
        return digest(sorted(rows, key=lambda row: (str(row["urn"]), str(row["op"]))))

    def _say(self, step: StepEventMetadata, status: Any, error: str = "") -> None:
        if self._emit and ours(step.urn) and step.op.value in _ACTIONS:
            action = _ACTIONS[step.op.value][-1]
            where = address_of(step.urn, self.stack)
            self._emit(Progress(address=where, stack=self.stack, action=action, status=status, error=error))


def address_of(urn: str, stack: str) -> str:
    """Return ``stack/Noun/name`` for a URN of ours."""
    return f"{stack}/{_type(urn).rpartition(':')[2]}/{urn.rpartition('::')[2]}"


def inputs_of(step: StepEventStateMetadata | None) -> dict[str, Any]:
    """Return a resource's inputs without what Pulumi itself keeps among them."""
    return {key: each for key, each in (_inputs(step) or {}).items() if not key.startswith("__")}


def _change(step: StepEventMetadata, stack: str) -> ResourceChange:
    actions = _ACTIONS[step.op.value]
    before = inputs_of(step.old) if step.old and actions != ["create"] else None
    after = inputs_of(step.new) if step.new and actions != ["delete"] else None
    return ResourceChange(
        address=address_of(step.urn, stack),
        stack=stack,
        type=_type(step.urn),
        name=step.urn.rpartition("::")[2],
        actions=actions,
        before=before,
        after=after,
        diff=compare(before, after) if before is not None and after is not None else [],
    )


def _type(urn: str) -> str:
    return urn.split("::")[2].rpartition("$")[2]


def ours(urn: str) -> bool:
    """Return whether a URN is one of our resources, not a component, provider or the stack itself."""
    return "::" in urn and _type(urn).startswith("gigaworks:") and not _type(urn).startswith("gigaworks:stacks:")


def _inputs(state: StepEventStateMetadata | None) -> dict[str, Any] | None:
    return dict(state.inputs) if state and state.inputs is not None else None


def _plain(message: str) -> str:
    """Return a diagnostic without colour marks."""
    return re.sub(r"<\{%.*?%\}>", "", message).strip()
