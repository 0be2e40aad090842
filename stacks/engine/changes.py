"""What the engine reports to the rest of Gigaworks, in its own words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import msgspec

from gigaworks.stacks.compare import PathChange

Action = Literal["no-op", "create", "read", "update", "delete"]


class ResourceChange(msgspec.Struct, frozen=True, kw_only=True):
    """What a stack would do to one resource; ``address`` is ``stack/Noun/name``."""

    address: str
    stack: str
    type: str
    name: str
    actions: list[Action]
    before: dict[str, Any] | None
    after: dict[str, Any] | None
    diff: list[PathChange] = []


class StackPreview(msgspec.Struct, frozen=True, kw_only=True):
    """What applying a slice would do. ``changes`` leaves out what stays; ``same`` counts it."""

    stack: str
    changes: list[ResourceChange]
    same: int
    digest: str  # of everything the engine would do: equal digests, equal deeds


class StackResult(msgspec.Struct, frozen=True, kw_only=True):
    """How an ``up`` or ``destroy`` ended, judged by events and the state, never by the exit code alone.

    ``failed`` maps address (or the stack's name) to the reason; ``undone`` are planned and never begun.
    """

    stack: str
    done: list[str] = []
    failed: dict[str, str] = {}
    undone: list[str] = []
    interrupted: bool = False

    @property
    def ok(self) -> bool:
        """Whether the stack is now as declared."""
        return not (self.failed or self.undone or self.interrupted)


class ResourceDrift(msgspec.Struct, frozen=True, kw_only=True):
    """One property of an applied resource that is not as declared.

    ``path`` is empty when the whole resource is gone; ``unreadable`` says why nothing could be observed.
    """

    address: str
    stack: str
    type: str
    name: str
    path: str
    declared: Any = None
    observed: Any = None
    unreadable: str = ""


class StackDrift(msgspec.Struct, frozen=True, kw_only=True):
    """All drift of a stack, and how many resources and properties were looked at."""

    stack: str
    items: list[ResourceDrift]
    resources: int
    settings: int


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a running ``up`` or ``destroy``."""

    address: str
    stack: str
    action: Action
    status: Literal["running", "done", "failed"]
    error: str = ""


Emit = Callable[[Progress], None]  # called from the engine's event thread
