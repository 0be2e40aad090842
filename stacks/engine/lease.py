"""The lease: who is changing this site right now. A dead holder is taken over, a living one is named."""

from __future__ import annotations

import datetime as dt
import fcntl
import getpass
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from gigaworks.inventory.canonical import pretty, write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import Locked, Problem

HEARTBEAT_S = 10.0
SILENT_S = 300.0  # a holder on another host that was silent for so long is given up


class Holder(msgspec.Struct, frozen=True, kw_only=True):
    """A process that holds the lease; ``started`` is its start in clock ticks since boot, times are Unix seconds."""

    host: str
    boot: str
    pid_space: int  # inode of its PID namespace: a pid means nothing in another one
    pid: int
    started: int
    user: str
    command: str
    since: float
    heartbeat: float

    def __str__(self) -> str:
        since = dt.datetime.fromtimestamp(self.since, dt.UTC).isoformat(timespec="seconds")
        return f"{self.user} on {self.host} runs '{self.command}' (pid {self.pid}) since {since}"


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    fencing: int = 0  # grows with every holder and every break; whoever writes with an older number is too late
    holder: Holder | None = None


class Lease:
    """Hold the site's lease as a context manager.

    ``fencing`` is the number of this hold and ``took_over`` the dead holder it was taken from, if any.

    Raises:
        Locked: on entering, a living holder has it; from ``check``, it was broken meanwhile.

    """

    def __init__(self, folder: SiteFolder, command: str) -> None:
        self.folder = folder
        self.command = command
        self.fencing = 0
        self.took_over: Holder | None = None
        self._stop = threading.Event()
        self._beat: threading.Thread | None = None

    def __enter__(self) -> Self:
        with _guarded(self.folder.lease) as kept:
            if kept.holder and _lives(kept.holder):
                raise Locked(_named(kept.holder))
            self.took_over, self.fencing = kept.holder, kept.fencing + 1
            _write(self.folder.lease, _Kept(fencing=self.fencing, holder=_this_process(self.command)))
        self._stop.clear()
        self._beat = threading.Thread(target=self._keep_alive, name="lease", daemon=True)
        self._beat.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._stop.set()
        if self._beat:
            self._beat.join(HEARTBEAT_S)
        with _guarded(self.folder.lease) as kept:
            if kept.fencing == self.fencing:
                _write(self.folder.lease, _Kept(fencing=self.fencing))

    def check(self) -> None:
        """Make sure that the lease is still ours; to be called before every change."""
        check_fencing(self.folder, self.fencing)

    def _keep_alive(self) -> None:
        while not self._stop.wait(HEARTBEAT_S):
            with _guarded(self.folder.lease) as kept:
                if kept.fencing != self.fencing or not kept.holder:
                    return
                _write(
                    self.folder.lease,
                    _Kept(fencing=kept.fencing, holder=msgspec.structs.replace(kept.holder, heartbeat=time.time())),
                )


def holder(folder: SiteFolder) -> Holder | None:
    """Return the living holder of a site's lease."""
    kept = _read(folder.lease)
    return kept.holder if kept.holder and _lives(kept.holder) else None


def break_lease(folder: SiteFolder) -> Holder | None:
    """Take the lease away from whoever has it and return who that was; its next change is refused."""
    with _guarded(folder.lease) as kept:
        _write(folder.lease, _Kept(fencing=kept.fencing + 1))
        return kept.holder


def check_fencing(folder: SiteFolder, fencing: int) -> None:
    """Make sure that ``fencing`` is the newest number.

    Raises:
        Locked: somebody broke the lease or took it over.

    """
    kept = _read(folder.lease)
    if kept.fencing != fencing:
        by = str(kept.holder) if kept.holder else "it was broken with 'gigaworks unlock'"
        raise Locked(
            Problem(
                "this run has lost the lease on the site",
                f"it held number {fencing}, the site is at {kept.fencing}: {by}",
                "nothing more is changed by this run; look at 'gigaworks status', then apply again",
            )
        )


@contextmanager
def _guarded(path: Path) -> Iterator[_Kept]:
    """Keep every other process out while the lease is looked at and changed."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".guard").open("a") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        yield _read(path)


def _read(path: Path) -> _Kept:
    try:
        return msgspec.json.decode(path.read_bytes(), type=_Kept)
    except FileNotFoundError:
        return _Kept()
    except msgspec.DecodeError as error:
        raise Locked(
            Problem("the lease cannot be read", f"{path}: {error}", "if nothing runs on this site, delete the file")
        ) from None


def _write(path: Path, kept: _Kept) -> None:
    write_whole(path, pretty(kept))


def _named(living: Holder) -> Problem:
    silent = round(time.time() - living.heartbeat)
    return Problem(
        "another run is changing this site",
        f"{living}; last sign of life {silent} s ago",
        "wait for it to end, or, when you are sure that it is gone, type: gigaworks unlock SITE",
    )


def _lives(kept: Holder) -> bool:
    here = _this_process("")
    if kept.host == here.host and kept.boot != here.boot:
        return False  # the computer was started anew since
    if (kept.host, kept.pid_space) == (here.host, here.pid_space):
        return _started(kept.pid) == kept.started
    return time.time() - kept.heartbeat < SILENT_S


def _this_process(command: str) -> Holder:
    now = time.time()
    return Holder(
        host=socket.gethostname(),
        boot=Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip(),
        pid_space=Path("/proc/self/ns/pid").stat().st_ino,
        pid=os.getpid(),
        started=_started(os.getpid()) or 0,
        user=getpass.getuser(),
        command=command,
        since=now,
        heartbeat=now,
    )


def _started(pid: int) -> int | None:
    """Return when a process started, in clock ticks since boot; ``None`` when there is none (or only a zombie)."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] in "ZX" else int(fields[19])
