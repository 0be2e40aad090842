"""The runner and its workers where nothing answers as it should; no machine is needed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import RoleCall
from gigaworks.roles import runner
from gigaworks.roles.runner import NOWHERE
from gigaworks.roles.target import Context, HostResult, Target


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is learned out of the user's cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def keys(tmp_path: Path) -> Path:
    """Return a folder with a private key and a known_hosts that names everything on this computer."""
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "id"], check=True, timeout=10)
    kind, key = (tmp_path / "id.pub").read_text().split()[:2]
    (tmp_path / "known_hosts").write_text(f"a,b,c {kind} {key}\n")
    return tmp_path


@pytest.fixture
def silent() -> Iterator[int]:
    """Return a port on this computer that accepts connections and never says a word."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(8)
        yield listener.getsockname()[1]


def target(name: str, keys: Path, port: int) -> Target:
    """Return a target on this computer."""
    context = Context(
        name=name, address="127.0.0.1", arch="x86_64", nics=[], routes=[], accelerators=None, bricks=[], mounts=[],
        peer=None, site=NOWHERE,
    )  # fmt: skip
    known = keys / "known_hosts"
    if port != 22 and "[" not in known.read_text():
        known.write_text(known.read_text().replace("a,b,c", ",".join(f"[{n}]:{port}" for n in "abc")))
    return Target(
        name=name, address="127.0.0.1", port=port, key_file=str(keys / "id"), known_hosts=str(known), arch="x86_64",
        roles=[RoleCall(role="base")], context=context,
    )  # fmt: skip


def code(result: HostResult) -> str:
    """Return the id of a result's problem."""
    assert result.error is not None
    assert not result.ok
    return result.error.id


def workers() -> list[int]:
    """Return the workers of this process."""
    children = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    pids = [int(pid) for file in children for pid in file.read_text().split()]
    return [pid for pid in pids if b"gigaworks.roles.worker" in Path(f"/proc/{pid}/cmdline").read_bytes()]


def test_no_targets() -> None:
    """Nothing to do needs no worker."""
    assert runner.run([], "plan") == {}


def test_unreachable_and_unknown(keys: Path) -> None:
    """A closed port and a host without a known key each get their own problem, in the order asked for."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening
        port = closed.getsockname()[1]
        results = runner.run([target("b", keys, port), target("stranger", keys, port)], "check")
    assert list(results) == ["b", "stranger"]
    assert code(results["b"]) == "SSH-UNREACHABLE"
    assert code(results["stranger"]) == "SSH-KEY-UNKNOWN"
    assert results["b"].remote_executions == 0


def test_a_host_has_its_time_limit(keys: Path, silent: int) -> None:
    """A host that never answers is given up after its limit, with what to do."""
    result = runner.run([target("a", keys, silent)], "check", host_seconds=0.5)["a"]
    assert code(result) == "NODE-TIMEOUT"


def test_a_worker_that_dies_fails_only_its_hosts(keys: Path, silent: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Killing one of two workers loses its host; the other host gets its own result."""
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(runner, "FEW", 1)
    killed = threading.Event()

    def kill_one() -> None:
        while len(workers()) < 2:
            time.sleep(0.05)
        time.sleep(1)
        os.kill(min(workers()), signal.SIGKILL)
        killed.set()

    threading.Thread(target=kill_one, daemon=True).start()
    results = runner.run([target("a", keys, silent), target("b", keys, silent)], "check", host_seconds=4)
    assert killed.is_set()
    assert sorted(code(result) for result in results.values()) == ["NODE-TIMEOUT", "WORKER-LOST"]


def test_stop_ends_the_run(keys: Path, silent: int) -> None:
    """A run that is told to stop ends its workers at once and says so for each host."""
    stop = threading.Event()
    threading.Timer(1.5, stop.set).start()
    result = runner.run([target("a", keys, silent)], "check", stop=stop)["a"]
    assert code(result) == "WORKER-LOST"
    assert result.error is not None
    assert result.error.detail == "the run was ended"
    assert workers() == []


def test_workers_end_with_their_parent(keys: Path, silent: int, tmp_path: Path) -> None:
    """Kill -9 of the program that started them leaves no worker behind."""
    known = target("a", keys, silent)
    script = tmp_path / "parent.py"
    script.write_text(
        "import sys, msgspec\nfrom gigaworks.roles import runner\nfrom gigaworks.roles.target import Target\n"
        "runner.run([msgspec.json.decode(sys.argv[1], type=Target)], 'check')\n"
    )
    import msgspec

    parent = subprocess.Popen([sys.executable, script, msgspec.json.encode(known).decode()])
    found: list[int] = []
    end = time.monotonic() + 20
    while not found and time.monotonic() < end:
        children = Path(f"/proc/{parent.pid}/task/{parent.pid}/children").read_text().split()
        found = [int(pid) for pid in children]
        time.sleep(0.1)
    time.sleep(2)
    parent.kill()
    parent.wait(10)
    assert found
    while Path(f"/proc/{found[0]}").exists() and time.monotonic() < end:
        time.sleep(0.1)
    assert not Path(f"/proc/{found[0]}").exists()
