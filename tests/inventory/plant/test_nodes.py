"""The fleet records: compare-and-set, history, and what a transition itself changes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from gigaworks.inventory.fleet.record import NodeRecord
from gigaworks.inventory.fleet.states import IllegalMove
from gigaworks.inventory.plant import Plant, PlantError


def _record(plant: Plant, name: str = "n1") -> NodeRecord:
    record = plant.nodes.get(name)
    assert record is not None
    return record


def test_only_names_without_a_record_become_expected(plant: Plant) -> None:
    """Declaring nodes again keeps what is known of the old ones."""
    assert plant.nodes.expect(["n2", "n1"], now=1.0) == ["n1", "n2"]
    plant.nodes.move(_record(plant), "discovered", now=2.0, serial="S1")
    assert plant.nodes.expect(["n1", "n3"], now=3.0) == ["n3"]
    assert {name: record.state for name, record in plant.nodes.all().items()} == {
        "n1": "discovered",
        "n2": "expected",
        "n3": "expected",
    }
    assert plant.nodes.get("n9") is None


def test_two_runs_can_never_both_move_a_node(open_plant: Callable[[], Plant]) -> None:
    """The second compare-and-set fails, names what it found, and writes nothing, not even history."""
    one, other = open_plant(), open_plant()
    one.nodes.expect(["n1"])
    seen = _record(other)
    one.nodes.move(_record(one), "discovered")
    with pytest.raises(PlantError, match="n1 was expected, is now discovered"):
        other.nodes.move(seen, "retired")
    with pytest.raises(PlantError):
        other.nodes.note(seen, step="discovering")
    assert [event.after for event in other.nodes.history("n1")] == ["discovered"]


def test_a_transition_that_the_lifecycle_lacks_is_never_stored(plant: Plant) -> None:
    """The store itself refuses a jump to ready."""
    plant.nodes.expect(["n1"])
    with pytest.raises(IllegalMove, match="expected → in service"):
        plant.nodes.move(_record(plant), "in service")
    assert _record(plant).state == "expected"


def test_steps_marks_and_history_survive(open_plant: Callable[[], Plant]) -> None:
    """What a step noted is read back by the next process; moving on clears the step and keeps the marks."""
    one = open_plant()
    one.nodes.expect(["n1"], now=1.0)
    record = one.nodes.move(_record(one), "discovered", "found", now=2.0, inventory={"gpus": 2})
    record = one.nodes.move(record, "verified", now=3.0)
    record = one.nodes.note(record, now=4.0, step="booting", marks={"order": "o1"})
    assert (record.step, record.step_since, record.since) == ("booting", 4.0, 3.0)
    record = one.nodes.note(record, "power on", now=5.0, marks={"order": "o1", "cycled": 5.0})
    assert (record.step, record.step_since) == ("booting", 4.0)
    again = _record(open_plant())
    assert again == record
    assert again.inventory == {"gpus": 2}
    record = one.nodes.move(record, "failed", "no answer", now=6.0, reason="no answer")
    assert (record.step, record.stood, record.marks["order"]) == ("", "verified", "o1")
    record = one.nodes.move(record, "verified", now=7.0)
    assert (record.reason, record.attempts, record.marks["cycled"]) == ("", 0, 5.0)
    assert [(e.at, e.before, e.after, e.message) for e in one.nodes.history("n1")] == [
        (2.0, "expected", "discovered", "found"),
        (3.0, "discovered", "verified", ""),
        (5.0, "verified", "verified", "power on"),
        (6.0, "verified", "failed", "no answer"),
        (7.0, "failed", "verified", ""),
    ]


def test_falling_back_loses_the_proofs_above(plant: Plant) -> None:
    """A reinstall forgets key, image and digests; configuring anew forgets only what roles and acceptance proved."""
    plant.nodes.expect(["n1"])
    record = plant.nodes.move(_record(plant), "discovered", serial="S1")
    record = plant.nodes.move(record, "verified")
    record = plant.nodes.move(record, "installed", host_key="k", installed_image="i", marks={"order": "o"})
    record = plant.nodes.move(record, "configured", configured_digest="c")
    record = plant.nodes.move(record, "accepted", accepted_digest="c")
    record = plant.nodes.move(record, "in service")
    record = plant.nodes.move(record, "drain")
    record = plant.nodes.move(record, "installed")
    assert (record.host_key, record.installed_image, record.configured_digest, record.accepted_digest) == (
        "k",
        "i",
        None,
        None,
    )
    record = plant.nodes.move(record, "verified")
    assert (record.serial, record.host_key, record.installed_image, record.marks) == ("S1", None, None, {})


def test_what_states_took_is_measured_from_the_history(plant: Plant) -> None:
    """The median over nodes that climbed; waiting in expected and failures do not count."""
    plant.nodes.expect(["n1", "n2", "n3"], now=0.0)
    for name, verified in (("n1", 130.0), ("n2", 150.0), ("n3", 110.0)):
        record = plant.nodes.move(_record(plant, name), "discovered", now=100.0)
        record = plant.nodes.move(record, "verified", now=verified)
        plant.nodes.move(record, "failed", now=9000.0)
    assert plant.nodes.typical_s() == {"discovered": 30.0}
