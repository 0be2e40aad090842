"""The lifecycle of a node: what may follow what, and that every escalation ends."""

from __future__ import annotations

from typing import get_args

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gigaworks.inventory.fleet import states
from gigaworks.inventory.fleet.record import NodeRecord, State

STATES: tuple[State, ...] = get_args(State)
OUTCOMES: tuple[states.Outcome, ...] = get_args(states.Outcome)
LIMITS = states.limits_s({})

records = st.builds(
    NodeRecord,
    name=st.just("n1"),
    state=st.sampled_from(STATES),
    stood=st.sampled_from(STATES),
    since=st.floats(0, 1000),
    step=st.sampled_from(["", *LIMITS]),
    step_since=st.floats(0, 1000),
    attempts=st.integers(0, 9),
    reason=st.just("why"),
    host_key=st.just("k"),
    configured_digest=st.just("c"),
    accepted_digest=st.just("c"),
)


def moved(record: NodeRecord, after: State) -> NodeRecord:
    """Return the record as the plant would keep it after the transition."""
    states.require_legal(record, after)
    changes = {"step": "", **states.consequences(record, after), "state": after}
    return msgspec.structs.replace(record, **changes)


@given(records, st.sampled_from(STATES))
def test_in_service_is_reached_only_past_every_proof(record: NodeRecord, after: State) -> None:
    """Ready comes only from accepted, or from a drained node that was in service and was not touched."""
    if after == "in service" and states.legal(record, after):
        assert record.state in {"accepted", "drain"}
    if after in states.PATH and record.state in states.PATH and states.legal(record, after):
        assert states.PATH.index(after) <= states.PATH.index(record.state) + 1


@given(records, st.sampled_from(STATES), st.sampled_from(STATES))
def test_a_failed_node_never_climbs_by_being_resumed(record: NodeRecord, stood: State, after: State) -> None:
    """Failed goes back to where it stood or below, quarantined only to the bottom; what resume says is legal."""
    failed = msgspec.structs.replace(record, state="failed", stood=stood)
    if after in states.PATH and states.legal(failed, after):
        highest = {"drain": "installed", "in service": "accepted"}.get(stood, stood)
        assert after == "expected" or stood == "drain" or states.PATH.index(after) <= states.PATH.index(highest)
        assert after != "in service"
    assert states.legal(failed, states.resume(failed))
    quarantined = msgspec.structs.replace(record, state="quarantined")
    if after in states.PATH:
        assert states.legal(quarantined, after) == (after == "expected")


@given(records)
def test_a_node_that_is_worked_on_stuck_or_stopped_is_not_ready(record: NodeRecord) -> None:
    """Only an idle node in service counts as capacity."""
    assert states.ready(record) == (record.state == "in service" and not record.step)
    if record.state in {"failed", "quarantined", "drain"} or states.shown(record) != "in service":
        assert not states.ready(record)


@given(records, st.sampled_from(STATES))
def test_a_node_below_accepted_carries_no_proof_of_acceptance(record: NodeRecord, after: State) -> None:
    """Falling back forgets what has to be proved anew; failing where it stood forgets nothing."""
    if not states.legal(record, after):
        return
    result = moved(record, after)
    if after in {"failed", "quarantined"}:
        assert (result.host_key, result.accepted_digest) == ("k", "c")
    if after not in states.PATH:
        return
    falls = record.state in states.PATH and states.PATH.index(after) < states.PATH.index(record.state)
    if (falls or record.state == "drain") and after not in {"in service", "accepted"}:
        assert result.accepted_digest is None


@given(st.lists(st.sampled_from(OUTCOMES), min_size=60, max_size=60))
def test_every_escalation_ends(outcomes: list[states.Outcome]) -> None:
    """Whatever the world answers, a node ends in service, failed or quarantined after a bounded number of turns.

    Every turn takes longer than any limit, so that a hanging step is a failure; each move is a legal one.
    """
    record = NodeRecord(name="n1")
    ended = False
    for turn, outcome in enumerate(outcomes):
        now = (turn + 1) * (max(LIMITS.values()) + 1.0)
        action = states.next_action(record, outcome, now, LIMITS)
        assert action != "wait"
        if action == "advance":
            record = moved(record, states.next_state(record.state))
            ended = record.state == "in service"
        elif action in {"retry", "reset"}:
            record = msgspec.structs.replace(record, attempts=record.attempts + 1, step_since=now)
        elif action == "reinstall":
            assert record.state in states.PATH[2:]
            record = moved(record, "verified") if record.state != "verified" else record
            record = msgspec.structs.replace(record, attempts=record.attempts + 1, step_since=now)
        elif action in {"quarantine", "fail"}:
            record = moved(record, "quarantined" if action == "quarantine" else "failed")
            ended = True
        if ended:
            break
        assert not states.ready(record)
    assert ended


def test_the_ladder_is_climbed_one_rung_a_failure() -> None:
    """Retry, reset, reinstall, quarantine; success in between does not bring a rung back."""
    record = NodeRecord(name="n1", state="verified", step="booting")
    actions = [
        states.next_action(msgspec.structs.replace(record, attempts=attempts), "failed", 0, LIMITS)
        for attempts in range(6)
    ]
    assert actions == ["retry", "reset", "reinstall", "quarantine", "quarantine", "quarantine"]


def test_a_step_is_waited_for_until_its_own_limit() -> None:
    """The site's limit stands over the default, and the clock is that of the step, not of the state."""
    record = NodeRecord(name="n1", state="verified", since=0.0, step="installing", step_since=100.0)
    limits = states.limits_s({"verified": 30})
    assert states.next_action(record, "running", 130.0, limits) == "wait"
    assert states.next_action(record, "running", 130.5, limits) == "retry"
    assert states.next_action(record, "running", 130.5, LIMITS) == "wait"


def test_a_longer_limit_for_a_state_does_not_lengthen_the_wait_for_a_first_word() -> None:
    """A slow installation may be allowed for; a node that says nothing is still noticed soon."""
    slow, quick = states.limits_s({"verified": 3600}), states.limits_s({"verified": 10})
    assert (slow["installing"], slow["booting"], slow["starting"]) == (3600, 600, 600)
    assert (quick["installing"], quick["booting"], quick["starting"]) == (10, 10, 10)
    assert slow["discovering"] == LIMITS["discovering"]
