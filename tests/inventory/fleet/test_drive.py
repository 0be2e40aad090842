"""One node's way to installed, in a simulated world: what goes wrong, what is repeated, what never is."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from threading import Event

import pytest

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.fleet.drive import Drive
from gigaworks.inventory.fleet.known_hosts import KnownHosts
from gigaworks.inventory.fleet.record import NodeRecord
from gigaworks.inventory.fleet.trouble import Interrupted, NodeTrouble
from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem

from .world import IMAGE, Killed, World

DIGEST = "d" * 64
MakeWorld = Callable[..., World]


@pytest.fixture
def world_of(blueprint: Blueprint, tmp_path: Path) -> MakeWorld:
    """Make a world around a node of the lab; rv-01-n1 is the one without a BMC."""
    made = 0

    def make(name: str = "gpu-01-n1") -> World:
        nonlocal made
        made += 1
        folder = tmp_path / str(made)
        folder.mkdir()
        node = blueprint.nodes[name]
        return World(folder, blueprint, node, has_bmc=node.bmc is not None)

    return make


def drive(world: World, stop: Event | None = None) -> Drive:
    """Return a drive as a new process would make it."""
    return Drive(world.node, world.blueprint, world.drivers(stop), DIGEST)


def run(world: World) -> NodeRecord:
    """Bring the node up in a new process."""
    return drive(world).bring_up()


@pytest.mark.parametrize("name", ["gpu-01-n1", "rv-01-n1"])
def test_a_node_is_found_checked_and_installed_with_one_power_cycle_and_one_disk_write(
    world_of: MakeWorld, name: str
) -> None:
    """With a BMC and without, the record holds the proof, and a second run touches nothing."""
    world = world_of(name)
    record = run(world)
    assert (record.state, record.attempts, record.reason) == ("installed", 0, "")
    assert (record.installed_image, record.installed_digest, record.host_key) == (IMAGE.sha256, DIGEST, world.key)
    assert KnownHosts(world.folder / "known_hosts").get(name) == world.key
    assert (world.power_log, len(world.writes), world.source) == (["on"], 1, "disk")
    assert record.inventory["serial" if world.has_bmc else "arch"]
    path = [event.after for event in world.plant.nodes.history(name) if event.before != event.after]
    assert path == ["discovered", "verified", "installed"]
    run(world)
    assert (world.power_log, len(world.writes)) == (["on"], 1)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(("name", "was_on"), [("gpu-01-n1", False), ("gpu-01-n1", True), ("rv-01-n1", False)])
def test_killed_at_any_call_the_next_run_repeats_nothing_destructive(
    world_of: MakeWorld, name: str, was_on: bool, moment: str
) -> None:
    """Killed before or after each single effect, the next run ends in the same state: one cycle, one write."""
    call = 0
    while True:
        call += 1
        world = world_of(name)
        world.on = was_on
        world.kill_at = (call, moment)
        try:
            run(world)
        except Killed:
            world.pass_time(7)  # the machine lives on meanwhile
        else:
            break  # the whole run has fewer calls
        world.kill_at = None
        record = run(world)
        assert record.state == "installed", f"killed {moment} call {call}"
        assert world.power_log == ["reset" if was_on else "on"], f"killed {moment} call {call}"
        assert len(world.writes) == 1, f"killed {moment} call {call}"
        assert record.host_key == world.key
    assert call > 20


def test_killed_twice_is_no_worse(world_of: MakeWorld) -> None:
    """Kills at two moments of the same bring-up still lead to one cycle and one write."""
    for first in range(1, 26, 5):
        for second in range(1, 30, 6):
            world = world_of()
            world.kill_at = (first, "after")
            with pytest.raises(Killed):
                run(world)
            world.kill_at = (world.calls + second, "before")
            try:
                run(world)
            except Killed:
                world.kill_at = None
            assert run(world).state == "installed"
            assert (world.power_log, len(world.writes)) == (["on"], 1)


def test_a_silent_node_is_reset_a_bounded_number_of_times_and_says_where_to_look(world_of: MakeWorld) -> None:
    """No boot request: the reason names MAC address, limit, resets, the cable and the console command."""
    world = world_of()
    world.silent = True
    record = run(world)
    assert record.state == "quarantined"
    assert world.power_log == ["on", "reset", "reset", "reset"]
    mac = world.node.nics[0].mac
    assert f"no boot request from {mac} in 600 s, after 3 resets" in record.reason
    assert "gigaworks node console gpu-01-n1" in record.reason
    assert world.writes == []


def test_a_failed_installation_is_tried_again_without_being_taken_for_the_next_one(world_of: MakeWorld) -> None:
    """The agent's failure powers the node off; the next rung starts it again and the old report is not believed."""
    world = world_of()
    world.agent_error = ["image cannot be fetched: connection reset"]
    record = run(world)
    assert (record.state, record.attempts) == ("installed", 1)
    assert world.power_log == ["on", "on"]
    assert any("image cannot be fetched" in event.message for event in world.plant.nodes.history("gpu-01-n1"))


def test_a_full_disk_waits_for_a_person_and_then_goes_on(world_of: MakeWorld) -> None:
    """Trying again cannot free a disk: failed at once, and the next apply installs."""
    world = world_of()
    world.agent_error = ["disk full: 900 MiB are needed, 12 MiB are free on /disk"]
    record = run(world)
    assert (record.state, record.stood) == ("failed", "verified")
    assert "900 MiB are needed" in record.reason
    assert "larger one" in record.reason
    assert (world.power_log, world.writes) == (["on"], [])
    assert run(world).state == "installed"
    assert (world.power_log, len(world.writes)) == (["on", "on"], 1)


@pytest.mark.parametrize("name", ["gpu-01-n1", "rv-01-n1"])
def test_another_architecture_is_refused_before_anything_is_written(world_of: MakeWorld, name: str) -> None:
    """What boots there is not what was declared: no disk is touched, both architectures are named."""
    world = world_of(name)
    world.arch = "ppc64le"  # type: ignore[assignment]
    record = run(world)
    assert record.state == "failed"
    assert f"declared {world.node.arch}, but the machine says ppc64le" in record.reason
    assert world.writes == []


def test_a_missing_network_interface_is_named(world_of: MakeWorld) -> None:
    """A board whose NIC is not there does not get installed."""
    world = world_of("rv-01-n1")
    gone = world.macs.pop()
    record = run(world)
    assert record.state == "failed"
    assert gone in record.reason
    assert world.writes == []


def test_another_host_key_ends_it_at_once(world_of: MakeWorld) -> None:
    """A stranger at the node's address gets no second try and no role."""
    world = world_of()
    world.stranger = True
    record = run(world)
    assert (record.state, record.stood) == ("failed", "verified")
    assert "another host key" in record.reason
    assert len(world.writes) == 1


def test_a_wrong_password_is_never_retried_into_a_lockout(world_of: MakeWorld) -> None:
    """The BMC refuses us: one call, no ladder."""
    world = world_of()
    asked = []

    def refuse(what: str) -> None:
        if what == "inventory":
            asked.append(what)
            raise NotAuthorised(Problem("BMC refuses the password", "gpu-01-n1-bmc"))

    world.fault = refuse
    record = run(world)
    assert (record.state, record.stood, len(asked)) == ("failed", "expected", 1)
    world.fault = lambda _what: None
    assert run(world).state == "installed"


def test_an_unreachable_bmc_is_tried_again_then_failed_and_picked_up_by_the_next_run(world_of: MakeWorld) -> None:
    """Four tries with pauses, then a person; nothing was powered meanwhile."""
    world = world_of()
    asked = []

    def away(what: str) -> None:
        if what == "inventory":
            asked.append(world.time)
            raise GigaworksError(Problem("BMC does not answer", "10.77.0.11: timed out"))

    world.fault = away
    record = run(world)
    assert (record.state, len(asked), world.power_log) == ("failed", 4, [])
    assert all(later - earlier >= 10 for earlier, later in pairwise(asked))
    world.fault = lambda _what: None
    record = run(world)
    assert (record.state, record.attempts) == ("installed", 0)


def test_other_hardware_than_declared_is_not_installed(world_of: MakeWorld) -> None:
    """Every difference of the bill of materials stands in the reason."""
    world = world_of()
    drivers = world.drivers()
    wrong = [Problem("serial differs", "S1, declared S2"), Problem("accelerators are missing", "1 of 2")]
    object.__setattr__(drivers, "bill", lambda _node, _found: wrong)
    record = Drive(world.node, world.blueprint, drivers, DIGEST).bring_up()
    assert (record.state, record.stood, world.power_log) == ("failed", "discovered", [])
    assert "S1, declared S2" in record.reason
    assert "1 of 2" in record.reason


def test_a_system_that_does_not_answer_is_waited_for_reset_and_at_last_installed_anew(world_of: MakeWorld) -> None:
    """The ladder in order, a new order for the second installation, and one more write because the ladder said so."""
    world = world_of()
    world.sshd_dead = 2
    record = run(world)
    assert (record.state, record.attempts) == ("installed", 3)
    assert world.power_log == ["on", "reset", "reset"]
    assert len(set(world.writes)) == len(world.writes) == 2
    assert record.host_key == world.key == "ssh-ed25519 KEY2"


def test_roles_climb_the_same_ladder(world_of: MakeWorld) -> None:
    """Failing roles: again, after a reset, after a reinstallation, then quarantine: the attempts do not start over."""
    world = world_of()
    actions = []
    bad = NodeTrouble(Problem("role failed", "kernel"))
    moving = drive(world)
    while moving.bring_up().state == "installed":
        moving.progress("configuring")
        actions.append(moving.failed(bad))
    assert actions == ["retry", "reset", "reinstall", "quarantine"]
    assert moving.record.state == "quarantined"
    assert world.power_log == ["on", "reset", "reset"]
    assert len(world.writes) == 2


def test_a_board_that_boots_its_disk_first_cannot_be_installed_again(world_of: MakeWorld) -> None:
    """Without a BMC nobody can choose network; it says so instead of power-cycling in vain."""
    world = world_of("rv-01-n1")
    run(world)
    moving = drive(world)
    moving.move("verified", "another image")
    assert moving.record.state == "failed"
    assert "cannot be installed again from here" in moving.record.reason
    assert world.power_log == ["on"]
    assert moving.bring_up().state == "installed"
    assert len(world.writes) == 1


def test_a_reinstallation_writes_once_more_with_a_new_key(world_of: MakeWorld) -> None:
    """Reinstall falls back to verified, resets into the network, and the new key replaces the old one."""
    world = world_of()
    run(world)
    moving = drive(world)
    moving.move("verified", "another image")
    assert moving.record.host_key is None
    assert moving.bring_up().state == "installed"
    assert (world.power_log, len(world.writes)) == (["on", "reset"], 2)
    assert KnownHosts(world.folder / "known_hosts").get("gpu-01-n1") == "ssh-ed25519 KEY2"


def test_an_interrupted_node_stops_at_a_safe_place_and_goes_on_later(world_of: MakeWorld) -> None:
    """The stop event ends the wait; the state stays legal and nothing is done twice."""
    world = world_of()
    stop = Event()

    def press(what: str) -> None:
        if what == "shell":
            stop.set()

    world.fault = press
    with pytest.raises(Interrupted) as caught:
        drive(world, stop).bring_up()
    assert caught.value.exit_code == 130
    world.fault = lambda _what: None
    assert run(world).state == "installed"
    assert (world.power_log, len(world.writes)) == (["on"], 1)


def test_a_retired_node_is_off_unknown_and_may_be_expected_again(world_of: MakeWorld) -> None:
    """Retire powers off, forgets order and key; once more is harmless; the slot can be filled again."""
    world = world_of()
    run(world)
    moving = drive(world)
    moving.retire()
    moving.retire()
    assert (world.on, world.source, world.power_log) == (False, "disk", ["on", "off"])
    assert world.status()["order"] is None
    assert KnownHosts(world.folder / "known_hosts").get("gpu-01-n1") is None
    moving.move("expected")
    assert run(world).state == "installed"
    assert len(world.writes) == 2


def test_nothing_is_done_to_a_node_outside_the_applied_plant(world_of: MakeWorld) -> None:
    """The stacks come first: without its rack the node is not even asked."""
    world = world_of()
    drivers = world.drivers()
    object.__setattr__(drivers, "may_act", lambda _node: False)
    with pytest.raises(NodeTrouble, match="not in the applied plant"):
        Drive(world.node, world.blueprint, drivers, DIGEST).bring_up()
    assert world.calls == 0
