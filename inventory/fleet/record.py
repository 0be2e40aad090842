"""What is known of one node: its place in the lifecycle and the proof of how it got there."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

State = Literal[
    "expected",
    "discovered",
    "verified",
    "installed",
    "configured",
    "accepted",
    "in service",
    "drain",
    "repair",
    "retired",
    "failed",
    "quarantined",
]


class NodeRecord(msgspec.Struct, frozen=True, kw_only=True):
    """The fleet's record of a node. Moments are Unix seconds, digests are SHA-256 in hex.

    ``step`` is what is being done right now (``installing`` …) and ``step_since`` when that began; ``stood`` is the
    state in which a failed or quarantined node stopped. ``marks`` are the durable notes of the running installation:
    ``token`` (which installation this is), ``cycled`` and ``written`` (destructive steps begun or finished).
    """

    name: str
    state: State = "expected"
    since: float = 0.0
    step: str = ""
    step_since: float = 0.0
    attempts: int = 0  # failures since the node was last in service, or since a person released it
    reason: str = ""  # why failed or quarantined
    stood: State = "expected"
    serial: str | None = None
    host_key: str | None = None  # "ssh-ed25519 AAAA…", made on the node and reported by its installation
    installed_image: str | None = None
    installed_digest: str | None = None  # node_spec_digest "install" of what is on the disk
    configured_digest: str | None = None  # node_spec_digest "configure" of the roles that last ran through
    accepted_digest: str | None = None  # the configured digest for which acceptance passed
    inventory: dict[str, Any] = {}
    marks: dict[str, Any] = {}


class NodeEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a node's history; ``before`` and ``after`` are equal where only a step was noted."""

    at: float
    node: str
    before: State
    after: State
    message: str = ""
