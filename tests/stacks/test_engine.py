"""The real engine with our own provider, on the types that need no device: previews, applies, drift, destroy."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import msgspec
import pytest

from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import Locked, Refused
from gigaworks.stacks.engine import Engine, Lease, Progress, install
from gigaworks.stacks.engine import engine as engine_module
from gigaworks.stacks.engine.events import Events
from gigaworks.stacks.programs import program, slices
from tests.stacks.sites import plant_of, recorded, site

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(install.find() is None, reason="no Pulumi CLI here: gigaworks engine install"),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> SiteFolder:
    """Return a site folder, with a blank in its path, that the tests of this file share."""
    return SiteFolder(tmp_path_factory.mktemp("site") / "a site")


@pytest.fixture
def engine(folder: SiteFolder) -> Iterator[Engine]:
    """Return an engine that holds the lease."""
    with Lease(folder, "test") as lease:
        yield Engine(folder, site(), lease)


def _state(folder: SiteFolder) -> dict[str, bytes]:
    """Return every file of the engine's state."""
    return {str(each): each.read_bytes() for each in (folder.pulumi / "state").rglob("*") if each.is_file()}


def test_the_life_of_four_stacks(engine: Engine, folder: SiteFolder) -> None:
    """Preview says create, up does just that, then there is nothing to do; one change is one change."""
    steps: list[Progress] = []
    for name, each in recorded().items():
        preview = engine.preview(each)
        assert [change.actions for change in preview.changes] == [["create"]] * len(each.resources)
        result = engine.up(each, preview.digest, steps.append)
        assert result.ok
        assert result.done == sorted(f"{name}/{one.local}" for one in each.resources)
    assert {(step.address, step.status) for step in steps} >= {
        ("hall-h1/Rack/r01", "running"),
        ("hall-h1/Rack/r01", "done"),
    }
    rack = plant_of(folder).get("rack", "h1/r01")
    assert rack is not None
    assert sorted(rack.spec["nodes"]) == ["n01-1", "n01-2"]
    assert engine.stacks() == ["hall-h1", "network", "site", "storage"]

    again = engine.preview(recorded()["hall-h1"])
    assert (again.changes, again.same) == ([], len(recorded()["hall-h1"].resources))
    changed = recorded(hall_kw=120)["hall-h1"]
    preview = engine.preview(changed)
    (change,) = preview.changes
    assert (change.address, change.actions) == ("hall-h1/Hall/h1", ["update"])
    assert [(each.path, each.before, each.after) for each in change.diff] == [("it_kw", 100, 120)]
    assert engine.up(changed, preview.digest).done == ["hall-h1/Hall/h1"]
    hall = plant_of(folder).get("hall", "h1")
    assert hall is not None
    assert hall.spec["it_kw"] == 120


def test_what_changed_behind_our_back_is_named_and_healed(engine: Engine, folder: SiteFolder) -> None:
    """Drift names resource, path and both values, finds what is gone, writes nothing; an up with refresh heals it."""
    declared = recorded(hall_kw=120)["hall-h1"]
    assert engine.drift(declared).items == []
    plant = plant_of(folder)
    hall, rack = plant.get("hall", "h1"), plant.get("rack", "h1/r02")
    assert hall is not None
    assert rack is not None
    plant.put("hall-h1", "hall", "h1", {**hall.spec, "it_kw": 90})
    plant.put("hall-h1", "rack", "h1/r02", {**rack.spec, "nodes": {}})
    plant.remove("rack", "h1/r03")
    before = _state(folder)
    drift = engine.drift(declared)
    assert _state(folder) == before
    assert drift.resources == len(declared.resources)
    found = {(each.address, each.path): (each.declared, each.observed) for each in drift.items}
    assert found[("hall-h1/Hall/h1", "it_kw")] == (120, 90)
    assert found[("hall-h1/Rack/r03", "")] == ("present", None)
    assert {address for address, _ in found} == {"hall-h1/Hall/h1", "hall-h1/Rack/r02", "hall-h1/Rack/r03"}

    assert engine.preview(declared).changes == []  # the state alone knows nothing of it
    preview = engine.preview(declared, refresh=True)
    assert {(change.address, change.actions[0]) for change in preview.changes} == {
        ("hall-h1/Hall/h1", "update"),
        ("hall-h1/Rack/r02", "update"),
        ("hall-h1/Rack/r03", "create"),
    }
    assert engine.up(declared, preview.digest, refresh=True).ok
    assert engine.drift(declared).items == []


def test_an_up_refuses_when_the_stack_has_moved_since_the_plan(engine: Engine) -> None:
    """The preview is made again right before, and nothing is done when it would do something else."""
    planned = engine.preview(recorded(racks=4)["hall-h1"])
    assert engine.up(recorded(racks=5)["hall-h1"], None).ok
    with pytest.raises(Refused, match="moved since the plan"):
        engine.up(recorded(racks=4)["hall-h1"], planned.digest)


def test_the_preview_digest_is_the_same_at_any_parallelism(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Creates, updates and deletes together give one digest, whatever the order of the events."""
    mixed = recorded(racks=40, hall_kw=77)["hall-h1"]
    mixed = msgspec.structs.replace(mixed, resources=[one for one in mixed.resources if one.name != "tap"])
    digests = set()
    for parallel in (1, 8, 64):
        monkeypatch.setattr(engine_module, "PARALLEL", parallel)
        preview = engine.preview(mixed)
        digests.add(preview.digest)
    assert len(digests) == 1
    assert {change.actions[0] for change in preview.changes} == {"create", "update", "delete"}
    assert engine.preview(recorded(racks=41, hall_kw=77)["hall-h1"]).digest not in digests


def test_without_a_diff_call_equal_inputs_stay_and_unequal_ones_do_not(engine: Engine, folder: SiteFolder) -> None:
    """Guards PULUMI_ENABLE_LEGACY_DIFF at upgrades: drift reaches the plan, equal inputs do not."""
    assert engine._cli._environment["PULUMI_ENABLE_LEGACY_DIFF"] == "true"
    network = recorded()["network"]
    assert engine.up(network, None).ok
    plant = plant_of(folder)
    found = plant.get("network", "mgmt")
    assert found is not None
    plant.put("network", "network", "mgmt", {**found.spec, "mtu": 1400})
    assert [change.actions for change in engine.preview(network, refresh=True).changes] == [["update"]]
    plant.put("network", "network", "mgmt", found.spec)
    assert engine.preview(network, refresh=True).changes == []


def test_a_wrong_resource_fails_alone(engine: Engine) -> None:
    """One device that cannot be reached does not keep the others from being made, and is named with its reason."""
    declared = slices(site(), {})["hall-h1"]
    only = [one for one in declared.resources if one.local in {"NodeSettings/n01-1", "Hall/h1", "Rack/r01"}]
    kept = msgspec.structs.replace(declared, resources=[msgspec.structs.replace(one, depends_on=[]) for one in only])
    result = engine.up(kept, None)
    assert not result.ok
    assert list(result.failed) == ["hall-h1/NodeSettings/n01-1"]
    assert "BMC password is missing" in result.failed["hall-h1/NodeSettings/n01-1"]
    assert {change.address for change in engine.preview(kept).changes} == {"hall-h1/NodeSettings/n01-1"}


def test_any_pulumi_command_runs_on_the_same_state(
    engine: Engine, folder: SiteFolder, capfd: pytest.CaptureFixture[str]
) -> None:
    """'engine run' sees the site's stacks, gives the command's own exit code, and changes nothing past the lease."""
    assert engine.run(["stack", "ls"]) == 0
    assert "hall-h1" in capfd.readouterr().out
    assert engine.run(["stack", "select", "no-such-stack"]) != 0
    with pytest.raises(Locked):  # the fixture's engine holds the lease
        Engine(folder, site()).run(["destroy", "--yes", "--stack", "network"])


def test_a_lock_of_a_dead_engine_is_removed_and_a_living_one_respected(engine: Engine, folder: SiteFolder) -> None:
    """Pulumi's locks have no expiry: whether the owner lives decides, and a living one is named with exit code 6."""
    locks = folder.pulumi / "state" / ".pulumi" / "locks" / "organization" / "small" / "network"
    locks.mkdir(parents=True, exist_ok=True)
    lock = locks / "11111111-1111-1111-1111-111111111111.json"
    gone = subprocess.Popen(["true"])
    gone.wait(10)
    text = '{{"pid": {}, "username": "root", "hostname": "{}", "timestamp": "2026-01-01T00:00:00Z"}}'
    lock.write_text(text.format(gone.pid, os.uname().nodename))
    assert engine.up(recorded()["network"], None).ok
    assert not lock.exists()
    lock.write_text(text.format(os.getpid(), os.uname().nodename))
    with pytest.raises(Locked, match=str(os.getpid())):
        engine.up(recorded()["network"], None)
    lock.unlink()


def test_a_change_after_the_lease_was_broken_is_refused_by_the_provider(folder: SiteFolder) -> None:
    """Whoever lost the lease cannot write even when the engine already runs: the provider compares the number."""
    with Lease(folder, "first") as lease:
        engine = Engine(folder, site(), lease)
        lease.fencing += 7  # as if others had held it since this engine was made
        assert engine._cli._environment["GIGAWORKS_FENCING"] == str(lease.fencing)
        with pytest.raises(Locked):
            engine.up(recorded()["network"], None)
        events = Events("network")
        changed = msgspec.structs.replace(recorded()["network"], resources=[])
        engine._command("network", "up", events, program=program(changed, 4), continue_on_error=True)
        assert "lost the lease" in events.failed["network/Network/mgmt"]
        lease.fencing -= 7


def test_destroy_takes_everything_away(engine: Engine, folder: SiteFolder) -> None:
    """Every stack that the state knows can be destroyed; the plant then holds nothing of it, and again is fine."""
    for name in engine.stacks():
        assert engine.destroy(name).ok
    assert engine.stacks() == []
    assert [plant_of(folder).of_type(kind) for kind in ("site", "hall", "rack", "network")] == [[], [], [], []]
    assert engine.destroy("hall-h1").ok
