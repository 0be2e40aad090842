"""The plan document: what would change and why, immutable, hashed, and free of clocks and secrets.

Field names are OpenTofu's plan JSON where they mean the same. A plan made twice is the same file.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import msgspec

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.canonical import digest, pretty, write_whole
from gigaworks.inventory.problem import GigaworksError, Place, Problem

FORMAT_VERSION = "1.0"
Action = Literal["no-op", "create", "read", "update", "delete"]
NodeAction = Literal["bring-up", "configure", "retire"]


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many resources of a stack meet which fate."""

    create: int = 0
    update: int = 0
    delete: int = 0
    noop: int = 0

    @property
    def changes(self) -> int:
        """Resources that would change."""
        return self.create + self.update + self.delete


class Parent(msgspec.Struct, frozen=True, kw_only=True):
    """What was applied when the plan was made: apply refuses when it has moved."""

    serial: int  # of the applied plant
    plan: str  # SHA-256 of the plan applied last


class Git(msgspec.Struct, frozen=True, kw_only=True):
    """Where the site files stood in git."""

    commit: str
    branch: str | None = None
    dirty: bool = False


class StackPlan(msgspec.Struct, frozen=True, kw_only=True):
    """A Pulumi stack; ``unchanged`` ones were not previewed and have no ``preview_digest``."""

    slice_digest: str
    preview_digest: str | None = None
    unchanged: bool = False
    counts: Counts = Counts()


class PathChange(msgspec.Struct, frozen=True, kw_only=True):
    """One property, before and after; ``None`` is absent."""

    path: str
    before: Any = None
    after: Any = None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to a resource; ``diff`` names the properties that differ."""

    actions: list[Action]
    before: Any = None
    after: Any = None
    diff: list[PathChange] = []


class ResourceChange(msgspec.Struct, frozen=True, kw_only=True):
    """A resource of a stack; ``address`` is its URN."""

    address: str
    stack: str
    type: str
    name: str
    change: Change
    action_reason: str = ""


class RoleChange(msgspec.Struct, frozen=True, kw_only=True):
    """A setting that a role would change on a node; ``where`` is ``file:line`` in the site."""

    role: str
    summary: str
    before: Any = None
    after: Any = None
    where: str = ""


class NodeChange(msgspec.Struct, frozen=True, kw_only=True):
    """What happens to a node, and why it is in the plan (``reason``)."""

    name: str
    actions: list[NodeAction]
    from_state: str
    to_state: str
    profile: str
    roles: list[str] = []
    changes: list[RoleChange] = []
    restart: bool = False
    reason: str = ""


class Wave(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes that are worked on at the same time."""

    stage: int
    nodes: list[str]


class BlastRadius(msgspec.Struct, frozen=True, kw_only=True):
    """What the plan touches, of how much; ``kw`` is the draw of the nodes touched, without those of unknown draw."""

    nodes: int = 0
    of_nodes: int = 0
    racks: int = 0
    accelerators: int = 0
    kw: float = 0.0
    unknown_draws: int = 0


class Laws(msgspec.Struct, frozen=True, kw_only=True):
    """How the laws stand; ``waived`` are lines such as ``COOL-6 until 2027-01-31  waivers.yaml:4``."""

    hold: int = 0
    waived: list[str] = []
    broken: int = 0


class PlanDocument(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that an apply will do. It makes no choice that does not stand here."""

    format_version: str = FORMAT_VERSION
    gigaworks_version: str
    site: str
    blueprint_digest: str
    parent: Parent | None = None
    git: Git | None = None
    destroy: bool = False
    blueprint: Blueprint
    stacks: dict[str, StackPlan] = {}
    resource_changes: list[ResourceChange] = []
    node_changes: list[NodeChange] = []
    waves: list[Wave] = []
    blast_radius: BlastRadius = BlastRadius()
    laws: Laws = Laws()
    findings: list[Problem] = []
    forecast_minutes: float | None = None
    left_out: list[str] = []  # nodes that lack something too, but that the person who planned did not mean
    fail_percent: int | None = None  # of a wave's nodes may fail before no further wave begins; None is the policy's

    @property
    def sha256(self) -> str:
        """SHA-256 (64 hex digits) of the plan's canonical JSON: its name everywhere."""
        return digest(self)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.node_changes and not any(stack.counts.changes for stack in self.stacks.values())

    def save(self, path: Path) -> None:
        """Write the plan and its SHA-256 as indented JSON, whole or not at all."""
        write_whole(path, pretty({"sha256": self.sha256, "plan": self}))


class _Saved(msgspec.Struct):
    sha256: str
    plan: msgspec.Raw


class _Version(msgspec.Struct):
    format_version: str


def load(path: Path) -> PlanDocument:
    """Read a saved plan and check that nobody changed it.

    Raises:
        GigaworksError: the file cannot be read, is no plan, was edited, or is of a newer format version.

    """
    try:
        saved = msgspec.json.decode(path.read_bytes(), type=_Saved)
        version = msgspec.json.decode(saved.plan, type=_Version).format_version
        found = digest(msgspec.json.decode(saved.plan))
    except OSError as error:
        raise _unusable(path, "the plan cannot be read", str(error.strerror), "check the file name") from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _unusable(path, "the file is not a whole Gigaworks plan", str(error)) from None
    if version != FORMAT_VERSION:
        raise _unusable(
            path,
            "the plan has a format that this Gigaworks does not know",
            f"format version {version}; this Gigaworks reads {FORMAT_VERSION}",
            "use the Gigaworks that made it, or plan again: gigaworks plan SITE -o " + path.name,
        )
    if found != saved.sha256:
        raise _unusable(
            path,
            "the plan was changed after it was made",
            f"it says SHA-256 {saved.sha256[:12]}…, its content has {found[:12]}…",
        )
    try:
        return msgspec.json.decode(saved.plan, type=PlanDocument)
    except msgspec.ValidationError as error:
        raise _unusable(path, "the plan's content is not as its format says", str(error)) from None


def _unusable(path: Path, summary: str, detail: str, fix: str = "") -> GigaworksError:
    fix = fix or f"plan again: gigaworks plan SITE -o {path.name}"
    return GigaworksError(Problem(summary, detail, fix, Place(str(path))))
