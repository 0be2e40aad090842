"""The lifecycle of a node as a pure state machine: what may follow what, how long it may take, what a failure leads to.

The way up is expected ▸ discovered ▸ verified ▸ installed ▸ configured ▸ accepted ▸ in service. Only *in service* is
ready; a node that is stuck, failed or quarantined never is.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from gigaworks.inventory.fleet.record import NodeRecord, State
from gigaworks.inventory.problem import GigaworksError, Problem

PATH: tuple[State, ...] = ("expected", "discovered", "verified", "installed", "configured", "accepted", "in service")

_STOPPED: frozenset[State] = frozenset({"failed", "quarantined"})
_LEGAL: dict[State, frozenset[State]] = {
    "expected": frozenset({"discovered", "retired"}),
    "discovered": frozenset({"verified", "expected", "retired"}),
    "verified": frozenset({"installed", "expected", "retired"}),
    "installed": frozenset({"configured", "verified", "drain", "retired"}),
    "configured": frozenset({"accepted", "installed", "verified", "drain", "retired"}),
    "accepted": frozenset({"in service", "installed", "verified", "drain", "retired"}),
    "in service": frozenset({"drain"}),
    "drain": frozenset({"in service", "installed", "verified", "repair", "retired"}),
    "repair": frozenset({"expected", "retired"}),
    "retired": frozenset({"expected"}),
    "failed": frozenset({*PATH[:-1], "drain", "repair", "quarantined", "retired"}),
    "quarantined": frozenset({"expected", "repair", "retired"}),
}


class Step(NamedTuple):
    """What is done to a node in a state: its time limit, and whether the site's limit for the state may lengthen it."""

    state: State
    limit_s: int
    longest: bool = True


STEPS: dict[str, Step] = {
    "discovering": Step("expected", 600),  # without a BMC this includes a power-on self test
    "verifying": Step("discovered", 60),
    "booting": Step("verified", 600, longest=False),  # from power on to the first word of the installation
    "installing": Step("verified", 1800),
    "starting": Step("verified", 600, longest=False),  # from the written disk to an answer over SSH
    "configuring": Step("installed", 1800),
    "accepting": Step("configured", 1800),
    "entering": Step("accepted", 60),
    "draining": Step("drain", 600),
    "repairing": Step("repair", 7 * 86400),
}
_FIRST_STEP: dict[State, str] = {step.state: name for name, step in reversed(STEPS.items())}

_PROOFS: dict[State, dict[str, Any]] = {  # what a node loses when it falls below a state
    "discovered": {"serial": None, "inventory": {}},
    "installed": {"host_key": None, "installed_image": None, "installed_digest": None, "marks": {}},
    "configured": {"configured_digest": None},
    "accepted": {"accepted_digest": None},
}

Outcome = Literal["running", "done", "failed", "hopeless"]  # hopeless: trying again cannot help, a person can
Action = Literal["wait", "advance", "retry", "reset", "reinstall", "quarantine", "fail"]
LADDER: tuple[Action, ...] = ("retry", "reset", "reinstall", "quarantine")


class IllegalMove(GigaworksError):
    """A transition that the lifecycle does not have; whoever asked for it is wrong."""


def legal(record: NodeRecord, after: State) -> bool:
    """Return whether the node may go to ``after``; a failed one goes back no further up than where it stood."""
    if after in _STOPPED and record.state not in {*_STOPPED, "retired"}:
        return True
    if after not in _LEGAL[record.state]:
        return False
    if record.state == "failed" and after in PATH:
        return PATH.index(after) <= PATH.index(_height(record))
    return True


def require_legal(record: NodeRecord, after: State) -> None:
    """Raise IllegalMove unless ``legal``."""
    if not legal(record, after):
        raise IllegalMove(
            Problem(
                "transition that the lifecycle does not have",
                f"{record.name}: {record.state} → {after}",
                "this is a bug in Gigaworks",
                subject=record.name,
            )
        )


def consequences(record: NodeRecord, after: State) -> dict[str, Any]:
    """Return the fields that a transition itself changes: where a node stopped, when its failures are forgiven."""
    changes: dict[str, Any] = {}
    if after in _STOPPED and record.state not in _STOPPED:
        changes["stood"] = record.state
    if record.state in _STOPPED and after not in _STOPPED:
        changes["reason"] = ""
    if after == "in service" or (record.state in _STOPPED and after not in _STOPPED):
        changes["attempts"] = 0
    height = "in service" if record.state == "repair" else _height(record)  # nobody knows what was repaired
    if after in PATH and PATH.index(after) < PATH.index(height):
        below = PATH.index(after)
    elif after == "retired":
        below = 0
    else:
        return changes
    for state, fields in _PROOFS.items():
        if below < PATH.index(state):
            changes |= fields
    return changes


def _height(record: NodeRecord) -> State:
    at = record.stood if record.state in _STOPPED else record.state
    return at if at in PATH else "in service" if at == "drain" else "expected"


def resume(record: NodeRecord) -> State:
    """Return the state from which a failed node is tried again: where it stood, with what was read there read anew."""
    height = _height(record)
    again: dict[State, State] = {"in service": "installed", "discovered": "expected"}
    return again.get(height, height)


def next_state(state: State) -> State:
    """Return the state one further up the path; ``state`` is on it and not the last."""
    return PATH[PATH.index(state) + 1]


def ready(record: NodeRecord) -> bool:
    """Return whether the node counts as capacity: in service, with nothing being done to it."""
    return record.state == "in service" and not record.step


def shown(record: NodeRecord) -> str:
    """Return the word for a screen: what is being done (``installing``), else the state."""
    return record.step or record.state


def limits_s(policy_limits: Mapping[str, int]) -> dict[str, int]:
    """Return the seconds that each step may take, from the site's own limits per state where it has them."""
    return {
        name: min(policy_limits.get(step.state, step.limit_s), sys.maxsize if step.longest else step.limit_s)
        for name, step in STEPS.items()
    }


def overdue(record: NodeRecord, now: float, limits: Mapping[str, int]) -> bool:
    """Return whether the running step (or the first step of a state nobody works on) is past its time limit."""
    step = record.step or _FIRST_STEP.get(record.state)
    return step is not None and now - (record.step_since or record.since) > limits[step]


def next_action(record: NodeRecord, outcome: Outcome, now: float, limits: Mapping[str, int]) -> Action:
    """Return what follows from the outcome of the running step.

    Each failure since the node was last in service takes the next rung of LADDER, whatever succeeded in between,
    so that the climb ends; a running step past its limit is a failure. Where nothing is installed yet there is
    nothing to reset, to reinstall or to keep away from work: those rungs are a retry, the last one a plain failure.
    """
    if outcome == "done":
        return "advance"
    if outcome == "hopeless":
        return "fail"
    if outcome == "running" and not overdue(record, now, limits):
        return "wait"
    action = LADDER[min(record.attempts, len(LADDER) - 1)]
    if record.state in {"expected", "discovered"}:
        return "fail" if action == "quarantine" else "retry"
    return action
