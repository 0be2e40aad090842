"""What workflows hand to views: the outcome of an apply, what has drifted, how a site stands."""

from __future__ import annotations

from typing import Any, Literal

import msgspec


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """How an apply or a destroy ended. ``failed`` and ``skipped`` name nodes and stacks (``stack network``)."""

    done: int
    failed: list[str] = []
    skipped: list[str] = []
    result: Literal["done", "part", "failed"] = "done"
    paused: str = ""  # who asked that no further wave begins, and why

    @property
    def exit_code(self) -> int:
        """0 done, 3 applied in part, 1 failed."""
        return {"done": 0, "part": 3, "failed": 1}[self.result]


class DriftItem(msgspec.Struct, frozen=True, kw_only=True):
    """One setting that is not as declared; ``None`` is absent. ``healable``: an apply puts it right."""

    kind: Literal["node", "switch", "bmc", "cable", "storage", "boot", "pdu"]
    subject: str
    setting: str
    declared: Any = None
    observed: Any = None
    where: str = ""  # file:line in the site
    healable: bool = True


class Drift(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that was found to differ, and how much was looked at."""

    items: list[DriftItem] = []
    settings: int = 0
    devices: int = 0
    unreachable: list[str] = []
    seconds: float = 0.0


class Evidence(msgspec.Struct, frozen=True, kw_only=True):
    """A measured value against its threshold; ``simulated`` where the device is a simulator."""

    check: str  # role/check
    observed: Any = None
    expected: str = ""  # such as "≥ 900"
    unit: str = ""
    ok: bool = True
    simulated: bool = False
    at: str = ""  # UTC, RFC 3339
    command: str = ""
    sha256: str = ""  # of the whole raw output
    of_median: float | None = None  # as a share of the median of like nodes; None is no quantity, or nobody is like it


class NodeStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A node as the fleet's record has it."""

    name: str
    state: str
    rack: str  # hall/name
    position: str  # "U 12", "OU 3"
    arch: str
    profile: str
    address: str | None = None
    image: str | None = None
    since: str = ""  # UTC, RFC 3339: when it came into this state
    reason: str = ""  # why it is not in service
    serial: str | None = None
    firmware: str | None = None
    power: str | None = None  # on, off, None is unknown
    evidence: list[Evidence] = []


class StackStatus(msgspec.Struct, frozen=True, kw_only=True):
    """A stack as it was applied last; ``current`` is None where it was never applied."""

    name: str
    resources: int = 0
    applied_at: str = ""
    current: bool | None = None  # the site files still say what was applied


class Applied(msgspec.Struct, frozen=True, kw_only=True):
    """The plan applied last."""

    serial: int
    plan: str
    at: str
    who: str
    why: str = ""
    result: str = "done"


class SiteStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How a site stands: what was applied, and where each node is."""

    site: str
    nodes: list[NodeStatus] = []
    stacks: list[StackStatus] = []
    last_applied: Applied | None = None
    lab: Literal["up", "down"] | None = None  # None is a real site
    lease: str | None = None  # who is changing the site right now
    interrupted: bool = False  # an apply was cut off; `gigaworks apply --resume` carries on
