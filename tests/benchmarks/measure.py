"""What a command costs: wall time, CPU time here and on the hosts, memory here, and commands started on the hosts."""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import statistics
import subprocess
import threading
import time
from pathlib import Path

import msgspec

from tests.benchmarks.crowd import Crowd

PR_SET_CHILD_SUBREAPER = 36
LIMIT_S = 3600
SAMPLE_S = 0.5


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """Of one run. Seconds; ``mib`` is the largest sum of proportional set sizes of the tool's processes."""

    wall: float
    controller_cpu: float
    hosts_cpu: float
    mib: float
    executions: float  # a host's, mean
    most_executions: int


class Failed(Exception):
    """The tool ended badly; the text is what it said last."""


def measure(command: list[str], environment: dict[str, str], crowd: Crowd, folder: Path) -> Cost:
    """Run a command to its end and return what it cost.

    Raises:
        Failed: it did not end well.
    """
    own = {member.init for member in crowd.members}
    hosts, started = crowd.cpu_seconds(), crowd.executions()
    spent, began = _spent(), time.monotonic()
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            command, env={**os.environ, **environment}, cwd=folder, stdin=subprocess.DEVNULL,
            stdout=output, stderr=subprocess.STDOUT,
        )  # fmt: skip
    peak = _Peak(process.pid)
    code = process.wait(LIMIT_S)
    wall = time.monotonic() - began
    mib = peak.stop()
    for orphan in set(_children(os.getpid())) - own:  # a connection that a tool keeps for its next run
        os.kill(orphan, signal.SIGKILL)
        os.waitpid(orphan, 0)
    if code:
        raise Failed((folder / "output").read_text(errors="replace")[-4000:])
    executions = [after - before for before, after in zip(started, crowd.executions(), strict=True)]
    return Cost(
        wall=wall,
        controller_cpu=_spent() - spent,
        hosts_cpu=crowd.cpu_seconds() - hosts,
        mib=mib,
        executions=statistics.mean(executions),
        most_executions=max(executions),
    )


def adopt_orphans() -> None:
    """Become the parent of what a tool leaves behind, so that its CPU time is counted."""
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


class _Peak:
    """Watches how much memory a process and those below it use."""

    def __init__(self, pid: int) -> None:
        self._pid, self._most, self._end = pid, 0, threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> float:
        """Return the largest sum seen, in MiB."""
        self._end.set()
        self._thread.join()
        return self._most / 1024

    def _watch(self) -> None:
        while not self._end.wait(SAMPLE_S):
            self._most = max(self._most, _kib(self._pid))


def _spent() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for file in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += map(int, file.read_text().split())
        except OSError:  # it ended meanwhile
            continue
    return found


def _kib(pid: int) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it ended meanwhile
        return 0
    own = sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return own + sum(map(_kib, _children(pid)))
