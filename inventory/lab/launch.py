"""Starts one machine: its namespaces, its root, its PID 1; ends when the machine ends.

``python -m gigaworks.inventory.lab.launch START``, with a ``Start`` as JSON. The supervisor sends SIGTERM to pull the
plug and SIGUSR1 to press the power button. The first line on stdout is the machine's PID 1; the exit status is one
of the constants below.

A machine must not change the computer by accident: it cannot load modules, set the clock, make device nodes or
reach the kernel's settings other than its own network's. That is a guard rail, not a security boundary: root in a
machine is root without a user namespace, because a distributed file system needs FUSE and trusted attributes.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import sys
from pathlib import Path
from typing import Literal

import msgspec

from gigaworks.inventory.lab import linux

RESTART, OFF, NEXT, FAILED = 200, 201, 10, 1
"""How a machine ended: it asked for a restart, for power off, its firmware for the next boot entry, or it died."""

# CAP_DAC_READ_SEARCH (2) SYS_MODULE (16) SYS_RAWIO (17) SYS_TIME (25) MKNOD (27) AUDIT_CONTROL (30) MAC_ADMIN (33)
# SYSLOG (34) WAKE_ALARM (35) PERFMON (38) BPF (39) CHECKPOINT_RESTORE (40)
_DROPPED = frozenset({2, 16, 17, 25, 27, 30, 33, 34, 35, 38, 39, 40})
_DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
_FUSE = (10, 229)
_LINKS = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "ptmx": "pts/ptmx"}
_OWN_SETTINGS = (  # what of /proc/sys belongs to the machine's namespaces
    "net", "kernel/hostname", "kernel/domainname", "kernel/shmmax", "kernel/shmall", "kernel/shmmni", "kernel/msgmax",
    "kernel/msgmnb", "kernel/msgmni", "kernel/sem",
)  # fmt: skip
_MASKED = ("kcore", "kmsg", "sysrq-trigger", "timer_list", "keys", "latency_stats")
_READ_ONLY = ("acpi", "bus", "fs", "irq", "scsi")
_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be started.

    ``root`` becomes the machine's root: the installed disk itself, for ``image`` a read-only tree under a volatile
    layer, for ``firmware`` nothing at all. ``binds`` are (source, path in the machine).
    """

    kind: Literal["disk", "image", "firmware"]
    root: str
    scratch: str  # an empty folder to mount on
    binds: list[tuple[str, str]]
    netns: str
    console: str
    command: list[str]


def main() -> None:
    """Run the machine to its end."""
    start = msgspec.json.decode(sys.argv[1], type=Start)
    linux.die_with_parent(signal.SIGKILL)
    linux.setns(Path(start.netns), linux.NEWNET)
    linux.unshare(linux.NEWPID)
    child = os.fork()
    if child == 0:
        _become_machine(start)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.signal(signal.SIGUSR1, lambda *_: os.kill(child, signal.SIGPWR))
    sys.stdout.write(f"{child}\n")
    sys.stdout.flush()
    _, status = os.waitpid(child, 0)
    sys.exit(_ending(status))


def _ending(status: int) -> int:
    """Tell how a PID namespace ended: reboot(2) in it kills its PID 1 with SIGHUP to restart, SIGINT to power off."""
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        return RESTART if number == signal.SIGHUP else OFF if number == signal.SIGINT else FAILED
    return NEXT if os.WEXITSTATUS(status) == NEXT else FAILED


def _become_machine(start: Start) -> None:
    try:
        linux.die_with_parent(signal.SIGKILL)
        linux.unshare(linux.NEWNS | linux.NEWUTS | linux.NEWIPC)
        os.setsid()
        console = os.open(start.console, os.O_RDWR | os.O_NOCTTY)
        for number in range(3):
            os.dup2(console, number)
        root = _root(start)
        _devices(root, start.console)
        _kernel_views(root)
        for source, target in start.binds:
            linux.bind(Path(source), _mount_point(root, target, Path(source).is_dir()))
        socket.sethostname("localhost")
        linux.pivot_root(root)
        os.umask(0o022)
        linux.drop_capabilities(_DROPPED)
        os.closerange(3, 4096)
        environment = {"PATH": _PATH, "TERM": "linux", "HOME": "/root"}
        os.execve(start.command[0], start.command, environment)  # noqa: S606 - PID 1 of the machine
    except BaseException as error:  # a forked child must never return into its parent's code
        os.write(2, f"lab: the machine cannot be started: {error}\n".encode())
    os._exit(FAILED)


def _root(start: Start) -> Path:
    """Mount what becomes the root."""
    scratch = Path(start.scratch)
    if start.kind == "disk":
        linux.bind(Path(start.root), scratch)
        return scratch
    linux.mount("tmpfs", scratch, "tmpfs", linux.NOSUID, "mode=755")
    root = scratch / "root"
    if start.kind == "firmware":
        for name in ("bin", "dev", "proc", "sys", "run", "tmp", "etc"):
            (root / name).mkdir(parents=True)
        shutil.copy2(Path(start.root) / "usr/bin/busybox", root / "bin/busybox")
        linux.bind(root, root)
        return root
    for name in ("root", "upper", "work"):
        (scratch / name).mkdir()
    layers = f"lowerdir={start.root},upperdir={scratch}/upper,workdir={scratch}/work"
    linux.mount("overlay", root, "overlay", 0, layers)
    return root


def _devices(root: Path, console: str) -> None:
    dev = root / "dev"
    linux.mount("dev", dev, "tmpfs", linux.NOSUID, "mode=755,size=1m")
    for name, number in {**_DEVICES, "fuse": _FUSE}.items():
        os.mknod(dev / name, 0o20666, os.makedev(*number))
        (dev / name).chmod(0o666)
    for name, target in _LINKS.items():
        (dev / name).symlink_to(target)
    (dev / "pts").mkdir()
    (dev / "shm").mkdir()
    linux.mount(
        "devpts", dev / "pts", "devpts", linux.NOSUID | linux.NOEXEC, "newinstance,ptmxmode=0666,mode=620,gid=5"
    )
    linux.mount("shm", dev / "shm", "tmpfs", linux.NOSUID | linux.NODEV, "mode=1777")
    (dev / "console").touch()
    linux.bind(Path(console), dev / "console")


def _kernel_views(root: Path) -> None:
    """Mount /proc, /sys and /run; what would change the computer is read-only or masked."""
    proc = root / "proc"
    flags = linux.NOSUID | linux.NODEV | linux.NOEXEC
    linux.mount("proc", proc, "proc", flags)
    linux.mount("sysfs", root / "sys", "sysfs", flags | linux.RDONLY)
    linux.mount("run", root / "run", "tmpfs", linux.NOSUID | linux.NODEV, "mode=755,size=64m")
    (root / "run/lock").mkdir(mode=0o1777)
    (root / "run/shm").symlink_to("/dev/shm")  # noqa: S108 - where initscripts look for it
    linux.bind(proc / "sys", proc / "sys", read_only=True)
    for name in _OWN_SETTINGS:
        if (proc / "sys" / name).exists():
            linux.bind(proc / "sys" / name, proc / "sys" / name)
            linux.mount("", proc / "sys" / name, flags=linux.BIND | linux.REMOUNT | flags)
    for name in _READ_ONLY:
        if (proc / name).exists():
            linux.bind(proc / name, proc / name, read_only=True)
    for name in _MASKED:
        if (proc / name).exists():
            linux.bind(Path("/dev/null"), proc / name)


def _mount_point(root: Path, target: str, folder: bool) -> Path:
    """Return the place to bind on, made where it is missing."""
    place = root / target.lstrip("/")
    if not place.exists():
        if folder:
            place.mkdir(parents=True)
        else:
            place.parent.mkdir(parents=True, exist_ok=True)
            place.touch(0o755)
    return place


if __name__ == "__main__":
    main()
