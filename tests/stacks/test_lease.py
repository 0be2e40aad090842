"""The lease: one writer at a time, a dead one taken over, a living one named."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import Locked
from gigaworks.stacks.engine import lease
from gigaworks.stacks.engine.lease import Lease, break_lease, holder

_HOLD = """
import sys, time
from pathlib import Path
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import Locked
from gigaworks.stacks.engine.lease import Lease
try:
    with Lease(SiteFolder(Path(sys.argv[1])), "apply demo.plan") as held:
        print("held", held.fencing, flush=True)
        time.sleep(float(sys.argv[2]))
except Locked as error:
    print("locked", flush=True)
"""


def _holder(root: Path, seconds: float) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", _HOLD, str(root), str(seconds)], stdout=subprocess.PIPE, text=True)


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_a_living_holder_is_named(tmp_path: Path) -> None:
    """A second run is refused with exit code 6, and told who it is, which command, since when, and what to do."""
    process = _holder(tmp_path, 30)
    try:
        assert _first_line(process).startswith("held")
        with pytest.raises(Locked) as refused, Lease(SiteFolder(tmp_path), "plan"):
            pass
        problem = refused.value.problems[0]
        assert refused.value.exit_code == 6
        assert f"(pid {process.pid})" in problem.detail
        assert "apply demo.plan" in problem.detail
        assert " since 2" in problem.detail
        assert "gigaworks unlock" in problem.fix
    finally:
        process.kill()
        process.wait(10)


def test_a_killed_holder_is_taken_over_and_said_so(tmp_path: Path) -> None:
    """After SIGKILL the next run has the lease at once, with a higher fencing number, and knows from whom."""
    process = _holder(tmp_path, 30)
    number = int(_first_line(process).split()[1])
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    with Lease(SiteFolder(tmp_path), "apply") as held:
        assert held.fencing > number
        assert held.took_over is not None
        assert held.took_over.pid == process.pid
    with Lease(SiteFolder(tmp_path), "apply") as again:
        assert again.took_over is None


def test_of_many_that_race_for_a_dead_holder_s_lease_one_wins(tmp_path: Path) -> None:
    """Six processes that start at once on a dead holder's lease: exactly one holds it, the others are refused."""
    dead = _holder(tmp_path, 30)
    _first_line(dead)
    dead.kill()
    dead.wait(10)
    racers = [_holder(tmp_path, 4) for _ in range(6)]
    try:
        said = [_first_line(each).split()[0] for each in racers]
        assert sorted(said) == ["held", *["locked"] * 5]
    finally:
        for each in racers:
            each.kill()
            each.wait(10)


def test_a_pid_that_belongs_to_another_process_now_is_dead(tmp_path: Path) -> None:
    """The start time tells a holder from a younger process that got its number."""
    folder = SiteFolder(tmp_path)
    with Lease(folder, "apply"):
        kept = json.loads(folder.lease.read_bytes())
        kept["holder"]["started"] -= 1
        folder.lease.write_text(json.dumps(kept))
        assert holder(folder) is None


def test_another_host_keeps_the_lease_as_long_as_its_heart_beats(tmp_path: Path) -> None:
    """Elsewhere only the heartbeat tells: fresh is living, minutes old is dead."""
    folder = SiteFolder(tmp_path)
    with Lease(folder, "apply"):
        kept = json.loads(folder.lease.read_bytes())
    for age, lives in ((1.0, True), (lease.SILENT_S + 1, False)):
        here = lease._this_process("apply")
        away = {name: getattr(here, name) for name in here.__struct_fields__}
        away |= {"host": "elsewhere", "heartbeat": time.time() - age}
        folder.lease.write_text(json.dumps({**kept, "holder": away}))
        assert (holder(folder) is not None) == lives


def test_the_heart_beats(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The holder's sign of life is renewed while it works."""
    monkeypatch.setattr(lease, "HEARTBEAT_S", 0.05)
    folder = SiteFolder(tmp_path)
    with Lease(folder, "apply"):
        first = holder(folder)
        time.sleep(0.3)
        second = holder(folder)
    assert first is not None
    assert second is not None
    assert second.heartbeat > first.heartbeat
    assert holder(folder) is None  # given back


def test_who_lost_the_lease_is_stopped_before_its_next_change(tmp_path: Path) -> None:
    """After 'unlock' the former holder's check refuses, and leaving does not take the lease from the next one."""
    folder = SiteFolder(tmp_path)
    first = Lease(folder, "apply")
    with first:
        first.check()
        broken = break_lease(folder)
        assert broken is not None
        assert broken.pid == os.getpid()
        with Lease(folder, "other") as second:
            with pytest.raises(Locked, match="lost the lease"):
                first.check()
            second.check()
    assert json.loads(folder.lease.read_bytes())["fencing"] == first.fencing + 2
