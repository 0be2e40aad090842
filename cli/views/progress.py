"""Where a long run stands, folded from its events: pure, so that a log and a live screen tell the same story."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from gigaworks.cli.workflows.events import Event

# states in which a node may be seen, in the order of the screen
STATES = (
    "waiting",
    "expected",
    "discovered",
    "verified",
    "installing",
    "installed",
    "configuring",
    "configured",
    "accepting",
    "accepted",
    "in service",
    "retired",
    "failed",
    "quarantined",
)


@dataclass
class Progress:
    """Counts and states; ``take`` folds one event in. ``now`` is in seconds on any steady clock."""

    began: float
    phase: str = ""
    stacks: dict[str, str] = field(default_factory=dict)
    nodes: dict[str, str] = field(default_factory=dict)
    since: dict[str, float] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    failures: list[Event] = field(default_factory=list)
    wave: dict[str, Any] = field(default_factory=dict)
    note: str = ""

    def take(self, event: Event, now: float) -> None:
        """Fold one event in."""
        data = event.data
        match event.kind:
            case "phase":
                self.phase, self.note = event.message or event.subject, ""
            case "progress":
                self.note = event.message
                if event.subject in self.nodes:
                    self.notes[event.subject] = event.message
            case "stack":
                self.stacks[event.subject] = str(data.get("status", "running"))
            case "wave":
                self.wave, self.phase = data, ""
                for node in data.get("nodes", ()):
                    self.nodes.setdefault(node, "waiting")
                    self.since.setdefault(node, now)
            case "node":
                self.nodes[event.subject] = str(data.get("after", ""))
                self.since[event.subject] = now
                self.notes[event.subject] = event.message
        if is_failure(event):
            self.failures.append(event)

    def counts(self) -> Counter[str]:
        """Return how many nodes are in which state."""
        return Counter(self.nodes.values())

    def slowest(self) -> str | None:
        """Return the node that has been longest in an unfinished state."""
        waiting = [name for name, state in self.nodes.items() if state not in ("in service", "failed", "retired")]
        return min(waiting, key=lambda name: self.since.get(name, self.began), default=None)


def is_failure(event: Event) -> bool:
    """Tell whether an event is bad news that a person must see."""
    data = event.data
    return (
        event.kind == "problem"
        or (event.kind == "node" and data.get("after") in ("failed", "quarantined"))
        or (event.kind in ("stack", "resource") and data.get("status") == "failed")
        or (event.kind == "check" and data.get("ok") is False)
    )


def spell(seconds: float) -> str:
    """Return a duration as people say it: ``41 s``, ``7 min 12 s``, ``1 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min"
