"""Running programs of other architectures: handlers of binfmt_misc, ours only where the computer has none.

An owner (a lab, the building of a tree) registers under names of its own, so it never needs to know about others.
The mount is made in the caller's private mount namespace: where nothing else on the computer has binfmt_misc
mounted, a new kernel forgets our handlers when that namespace ends; elsewhere ``remove`` takes them away.
"""

from __future__ import annotations

import hashlib
import os
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from gigaworks.inventory.blueprint import Arch
from gigaworks.inventory.lab import linux

PLACE = Path("/proc/sys/fs/binfmt_misc")  # there as soon as the kernel has binfmt_misc
_FOLDERS = (Path("/usr/lib/binfmt.d"), Path("/etc/binfmt.d"))
_REMOVE = """
mount -t binfmt_misc binfmt_misc "$1" || exit 0
for handler in "$1"/gigaworks-*-"$2"; do [ -e "$handler" ] && echo -1 >"$handler"; done
exit 0
"""


def foreign(arch: Arch) -> bool:
    """Whether this computer needs a handler to run programs of an architecture."""
    return os.uname().machine != arch


def interpreter(arch: Arch) -> str | None:
    """Return the emulator's path, where it is installed."""
    rule = _rule(arch)
    path = rule[6] if rule else None
    return path if path and Path(path).exists() else None


def register(arches: Iterable[Arch], owner: Path) -> None:
    """Register a handler for each foreign architecture that has none; call it in a private mount namespace.

    The mount stays in that namespace: it keeps the handlers alive.

    Raises:
        OSError: binfmt_misc cannot be mounted or written, or no emulator is installed for an architecture.
    """
    linux.mount("binfmt_misc", PLACE, "binfmt_misc")
    for handler in PLACE.glob(f"gigaworks-*-{_mark(owner)}"):
        handler.write_text("-1")
    for arch in filter(foreign, arches):
        rule = _rule(arch)
        if rule is None or interpreter(arch) is None:
            raise FileNotFoundError(f"no emulator for {arch} is installed")
        if not _handled(rule[4]):
            (PLACE / "register").write_text(":".join(["", f"gigaworks-{arch}-{_mark(owner)}", *rule[2:]]))


def remove(owner: Path) -> None:
    """Take an owner's handlers away, also those that a crash left behind; others' are left alone."""
    if PLACE.is_dir():
        command = ["unshare", "--mount", "sh", "-c", _REMOVE, "sh", str(PLACE), _mark(owner)]
        subprocess.run(command, check=False, timeout=30, capture_output=True)


def _mark(owner: Path) -> str:
    return hashlib.sha256(os.fsencode(owner)).hexdigest()[:12]


def _rule(arch: Arch) -> list[str] | None:
    """Return the fields of the registration that the system's qemu package ships.

    They are separated by colons: empty, name, type, offset, magic, mask, interpreter, flags.
    """
    for folder in _FOLDERS:
        file = folder / f"qemu-{arch}.conf"
        if file.exists():
            return file.read_text().strip().split(":")
    return None


def _handled(magic: str) -> bool:
    """Whether an enabled handler that works in other roots (flag F) takes programs with this magic."""
    wanted = "magic " + magic.replace("\\x", "").lower()
    for entry in PLACE.iterdir():
        if entry.name not in {"register", "status"}:
            lines = entry.read_text().splitlines()
            if lines[0] == "enabled" and wanted in lines and any(re.match("flags: .*F", line) for line in lines):
                return True
    return False
