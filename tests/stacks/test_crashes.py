"""The engine killed or interrupted in the middle: the next run ends as if nothing had happened."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import Locked
from gigaworks.stacks.engine import Engine, Lease, install
from tests.stacks.sites import plant_of, recorded, site

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(install.find() is None, reason="no Pulumi CLI here: gigaworks engine install"),
]

RACKS = 150


def _clean(root: Path) -> dict[str, object]:
    folder = SiteFolder(root)
    with Lease(folder, "clean") as lease:
        assert Engine(folder, site(RACKS), lease).up(recorded(RACKS)["hall-h1"], None).ok
    return {each.name: each.spec for each in plant_of(folder).of_type("rack")}


def test_after_sigkill_of_the_engine_the_next_up_converges(tmp_path: Path) -> None:
    """Killed in mid-up, the result says so; the next one leaves plant and state as a clean run does."""
    folder = SiteFolder(tmp_path / "killed")
    hall = recorded(RACKS)["hall-h1"]
    with Lease(folder, "test") as lease:
        engine = Engine(folder, site(RACKS), lease)
        plant = plant_of(folder)

        def kill_in_the_middle() -> None:
            while len(plant.of_type("rack")) < RACKS // 3:
                time.sleep(0.005)
            for process in list(engine._cli._running):
                process.kill()

        killer = threading.Thread(target=kill_in_the_middle)
        killer.start()
        result = engine.up(hall, None)
        killer.join()
        assert not result.ok
        assert len(plant.of_type("rack")) < RACKS
        again = engine.up(hall, None)
        assert again.ok, again
        assert engine.preview(hall).changes == []
        assert engine.drift(hall).items == []
    assert {each.name: each.spec for each in plant.of_type("rack")} == _clean(tmp_path / "clean")


_UP = """
import sys
from pathlib import Path
from gigaworks.inventory.folder import SiteFolder
from gigaworks.stacks.engine import Engine, Lease
from tests.stacks.sites import recorded, site
RACKS = 150
folder = SiteFolder(Path(sys.argv[1]))
with Lease(folder, "apply") as lease:
    result = Engine(folder, site(RACKS), lease).up(recorded(RACKS)["hall-h1"], None)
    print("interrupted" if result.interrupted else "done", len(result.done), flush=True)
"""


def _start_up(folder: SiteFolder) -> subprocess.Popen[str]:
    process = subprocess.Popen(
        [sys.executable, "-c", _UP, str(folder.root)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    plant = plant_of(folder)
    deadline = time.monotonic() + 60
    while len(plant.of_type("rack")) < RACKS // 3 and time.monotonic() < deadline:
        time.sleep(0.005)
    return process


def test_after_sigkill_of_ourselves_the_next_run_takes_over(tmp_path: Path) -> None:
    """Our process killed in mid-up: the next takes the lease and converges; the orphan writes no more."""
    folder = SiteFolder(tmp_path)
    process = _start_up(folder)
    process.kill()
    process.wait(10)
    hall = recorded(RACKS)["hall-h1"]
    with Lease(folder, "again") as lease:
        assert lease.took_over is not None
        engine = Engine(folder, site(RACKS), lease)
        deadline = time.monotonic() + 30
        while True:
            try:
                result = engine.up(hall, None)
                break
            except Locked:  # the orphan lives for a moment, and is named
                assert time.monotonic() < deadline
                time.sleep(0.2)
        assert result.ok, result
    assert len(plant_of(folder).of_type("rack")) == RACKS


def test_ctrl_c_ends_an_up_gracefully(tmp_path: Path) -> None:
    """SIGINT: what is in flight is finished, the state saved, the rest not done; the next up does just that."""
    folder = SiteFolder(tmp_path)
    process = _start_up(folder)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert out.startswith("interrupted")
    done = int(out.split()[1])
    assert 0 < done < RACKS
    with Lease(folder, "again") as lease:
        engine = Engine(folder, site(RACKS), lease)
        hall = recorded(RACKS)["hall-h1"]
        assert len(engine.preview(hall).changes) == len(hall.resources) - done
        assert engine.up(hall, None).ok
