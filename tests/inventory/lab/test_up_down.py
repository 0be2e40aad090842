"""``lab up`` grows and shrinks a lab; ``lab down`` and a crash leave nothing on the computer."""

from __future__ import annotations

import contextlib
import hashlib
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from gigaworks.inventory import lab
from gigaworks.inventory.lab import binfmt
from gigaworks.inventory.lab.supervisor import started
from gigaworks.inventory.problem import GigaworksError

from .conftest import Yard, until


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    if lab.missing():
        pytest.skip(f"no lab on this computer: {lab.missing()[0].summary}")
    yard = Yard(tmp_path / "demo")
    yield yard
    yard.down()


def traces(yard: Yard) -> set[str]:
    """Return what a lab could leave on the computer besides processes: mounts, links, namespaces, handlers."""
    mounts = {line.split(" ", 4)[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()}
    named = {str(path) for folder in ("/sys/class/net", "/run/netns") for path in Path(folder).glob("*")}
    mark = hashlib.sha256(os.fsencode(yard.folder.lab)).hexdigest()[:12]
    listing = f"mount -t binfmt_misc b {binfmt.PLACE} && ls {binfmt.PLACE} | grep {mark} || true"
    command = ["unshare", "--mount", "sh", "-c", listing]
    handlers = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    return mounts | named | set(handlers)


def family(pid: int) -> dict[int, int]:
    """Return a process and all its descendants with their start times."""
    processes: dict[int, tuple[int, int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has just ended
            fields = stat.read_text().rpartition(")")[2].split()
            processes[int(stat.parent.name)] = int(fields[1]), int(fields[19])
    found = {pid}
    while more := {each for each, (parent, _) in processes.items() if parent in found} - found:
        found |= more
    return {each: processes[each][1] for each in found}


def alive(processes: dict[int, int]) -> list[int]:
    """Return those that still run."""
    found = []
    for pid, start in processes.items():
        with contextlib.suppress(OSError):
            if started(pid) == start:
                found.append(pid)
    return found


@pytest.mark.lab
@pytest.mark.parametrize("ending", ["down", "killed", "worker killed"])
def test_nothing_is_left(yard: Yard, ending: str) -> None:
    """However a lab ends, no process, mount, link, handler or file of it is left; after a crash it comes up again."""
    before = traces(yard)
    yard.up()
    pid = lab._supervisor(yard.folder)
    assert pid is not None
    processes = family(pid)
    assert len(processes) > len(yard.blueprint.switches) * 3
    if ending == "killed":
        os.kill(pid, signal.SIGKILL)
    elif ending == "worker killed":
        worker = int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])
        os.kill(worker, signal.SIGKILL)
    if ending != "down":
        until(lambda: not lab.is_up(yard.folder))
        until(lambda: not alive(processes))
        assert traces(yard) == before
        yard.up()
        processes = family(lab._supervisor(yard.folder) or 0)
        assert yard.status("leaf-1")["power"] == "on"
    yard.down()
    assert not alive(processes)
    assert traces(yard) == before
    assert not yard.folder.lab.exists()
    yard.down()


@pytest.mark.lab
def test_a_lab_grows_and_shrinks_with_its_site(yard: Yard) -> None:
    """A second ``up`` changes only what changed: running machines go on, a new node appears, a removed one is gone."""
    smaller = msgspec.structs.replace(
        yard.blueprint,
        nodes={name: node for name, node in yard.blueprint.nodes.items() if name != "gpu-01-n2"},
        cables=[cable for cable in yard.blueprint.cables if cable.a.device != "gpu-01-n2"],
    )
    yard.up(smaller)
    leaf = yard.status("leaf-1")["pid"]
    assert "gpu-01-n2" not in lab.request(yard.folder, {"do": "status"})["machines"]
    yard.up()
    assert yard.status("gpu-01-n2")["power"] == "off"
    yard.power("gpu-01-n2", "on")
    until(lambda: "HTTP boot from eth0" in yard.console("gpu-01-n2"))
    yard.up(smaller)
    assert not (yard.folder.lab / "nodes" / "gpu-01-n2").exists()
    yard.up(smaller)
    assert yard.status("leaf-1")["pid"] == leaf


def test_a_lab_that_is_down_says_so(tmp_path: Path) -> None:
    """Entering or asking a lab that is down names the command that makes it."""
    yard = Yard(tmp_path / "demo")
    for call in (lambda: lab.enter(yard.folder), lambda: lab.request(yard.folder, {"do": "status"})):
        with pytest.raises(GigaworksError) as caught:
            call()
        assert "gigaworks lab up" in caught.value.problems[0].fix
    assert not lab.is_up(yard.folder)


def test_root_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is not root is told so, and nothing else is tried."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert [problem.fix for problem in lab.missing()] == ["use sudo"]


def test_missing_packages_come_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing tools are told as the one apt-get line that installs them."""
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("shutil.which", lambda name: None if name in {"dnsmasq", "mmdebstrap"} else f"/bin/{name}")
    fixes = [problem.fix for problem in lab.missing()]
    assert any(fix.startswith("apt-get install dnsmasq-base mmdebstrap") for fix in fixes)
