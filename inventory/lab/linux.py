"""The few system calls that Python 3.11 does not offer: mounts and namespaces. Needs root."""

from __future__ import annotations

import ctypes
import fcntl
import os
import socket
import struct
from pathlib import Path

NEWNS, NEWUTS, NEWIPC, NEWPID, NEWNET = 0x20000, 0x4000000, 0x8000000, 0x20000000, 0x40000000
RDONLY, NOSUID, NODEV, NOEXEC, REMOUNT, BIND, REC, PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_DETACH = 2
_PR_SET_PDEATHSIG, _PR_CAPBSET_DROP = 1, 24
_SIOCETHTOOL, _ETHTOOL_STXCSUM = 0x8946, 0x17

_libc = ctypes.CDLL(None, use_errno=True)


def _check(result: int, what: str) -> None:
    if result != 0:
        code = ctypes.get_errno()
        raise OSError(code, f"{what}: {os.strerror(code)}")


def mount(source: str, target: Path, kind: str = "", flags: int = 0, data: str = "") -> None:
    """Mount a file system; raises OSError, as all functions here do."""
    result = _libc.mount(
        source.encode(), os.fsencode(target), kind.encode() or None, ctypes.c_ulong(flags), data.encode() or None
    )
    _check(result, f"mount {kind or source} on {target}")


def bind(source: Path, target: Path, read_only: bool = False) -> None:
    """Bind a file or folder over another one, with what is mounted below it."""
    mount(str(source), target, flags=BIND | REC)
    if read_only:
        mount("", target, flags=BIND | REMOUNT | RDONLY)


def unmount(target: Path) -> None:
    """Take a mount away, at once for those who look, later for those who use it."""
    _check(_libc.umount2(os.fsencode(target), _DETACH), f"unmount {target}")


def unshare(kinds: int) -> None:
    """Enter new namespaces; mounts are private from then on."""
    _check(_libc.unshare(kinds), "unshare")
    if kinds & NEWNS:
        mount("none", Path("/"), flags=REC | PRIVATE)


def setns(namespace: Path, kind: int) -> None:
    """Enter a namespace, named by its file."""
    descriptor = os.open(namespace, os.O_RDONLY | os.O_CLOEXEC)
    try:
        _check(_libc.setns(descriptor, kind), f"setns {namespace}")
    finally:
        os.close(descriptor)


def pivot_root(root: Path) -> None:
    """Make ``root``, a mount, the root of this mount namespace; the old one is gone."""
    os.chdir(root)
    _check(_libc.pivot_root(b".", b"."), f"pivot_root {root}")
    _check(_libc.umount2(b".", _DETACH), "unmount the old root")
    os.chdir("/")


def fill_in_checksums(interface: str) -> None:
    """Make the kernel finish the checksums of what is sent by an interface, as ``ethtool -K … tx off`` does.

    Between virtual interfaces it leaves them open and says so beside the packet. A DHCP client under user emulation
    does not get to hear that and drops the answer as damaged.
    """
    value = ctypes.create_string_buffer(struct.pack("II", _ETHTOOL_STXCSUM, 0))
    request = struct.pack("16sP16x", interface.encode(), ctypes.addressof(value))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SIOCETHTOOL, request)


def die_with_parent(signal: int) -> None:
    """Get a signal when the thread that started this process ends."""
    _check(_libc.prctl(_PR_SET_PDEATHSIG, signal, 0, 0, 0), "prctl")


def drop_capabilities(numbers: frozenset[int]) -> None:
    """Take capabilities from the bounding set: what is executed next cannot get them."""
    for number in sorted(numbers):
        _check(_libc.prctl(_PR_CAPBSET_DROP, number, 0, 0, 0), f"drop capability {number}")
