"""Running programs of other architectures: handlers of binfmt_misc, ours only where the computer has none.

An owner (a lab, the building of trees) registers under names of its own, so it never needs to know about others.
The mount is made in the caller's private mount namespace: where nothing else on the computer has binfmt_misc
mounted, the kernel forgets our handlers when that namespace ends; elsewhere ``remove`` takes them away.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gigaworks.inventory.blueprint import Arch
from gigaworks.inventory.lab import linux

_FOLDERS = (Path("/usr/lib/binfmt.d"), Path("/etc/binfmt.d"))


def rule(arch: Arch) -> str | None:
    """Return the registration line that the system's qemu package ships for an architecture."""
    for folder in _FOLDERS:
        file = folder / f"qemu-{arch}.conf"
        if file.exists():
            return file.read_text().strip()
    return None


def foreign(arch: Arch) -> bool:
    """Whether this computer needs a handler to run programs of an architecture."""
    return os.uname().machine != arch


def interpreter(arch: Arch) -> str | None:
    """Return the emulator's path, where it is installed."""
    line = rule(arch)
    path = line.split(":")[6] if line else None
    return path if path and Path(path).exists() else None


def register(arches: Iterable[Arch], owner: Path) -> None:
    """Register a handler for each foreign architecture that has none; call it in a private mount namespace.

    The mount stays in that namespace: it keeps the handlers alive.

    Raises:
        OSError: binfmt_misc cannot be mounted or written.
        FileNotFoundError: no emulator is installed for an architecture.
    """
    folder = Path(tempfile.mkdtemp(prefix="gigaworks-binfmt-"))
    linux.mount("binfmt_misc", folder, "binfmt_misc")
    _remove(folder, owner)
    for arch in arches:
        if not foreign(arch) or _handled(folder, arch):
            continue
        line = rule(arch)
        if line is None or interpreter(arch) is None:
            raise FileNotFoundError(f"no emulator for {arch} is installed")
        fields = line.split(":")
        fields[1] = _name(arch, owner)
        (folder / "register").write_text(":".join(fields))


def remove(owner: Path) -> None:
    """Take an owner's handlers away, also those that a crash left behind; others' are left alone."""
    with _mounted() as folder:
        _remove(folder, owner)


def _remove(folder: Path, owner: Path) -> None:
    ending = _name("", owner).removeprefix("gigaworks-")
    for entry in folder.glob(f"gigaworks-*{ending}"):
        entry.write_text("-1")


@contextmanager
def _mounted() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="gigaworks-binfmt-"))
    try:
        linux.mount("binfmt_misc", folder, "binfmt_misc", linux.NOSUID | linux.NODEV | linux.NOEXEC)
        try:
            yield folder
        finally:
            linux.unmount(folder)
    finally:
        folder.rmdir()


def _name(arch: str, owner: Path) -> str:
    return f"gigaworks-{arch}-{hashlib.sha256(os.fsencode(owner)).hexdigest()[:12]}"


def _handled(folder: Path, arch: Arch) -> bool:
    """Whether an enabled handler that works in other roots (flag F) takes this architecture's programs."""
    line = rule(arch)
    magic = re.sub(r"\\x", "", line.split(":")[4]) if line else None
    for entry in folder.iterdir():
        if entry.name in {"register", "status"}:
            continue
        text = entry.read_text()
        flags = re.search(r"^flags: (\S*)$", text, re.MULTILINE)
        if text.startswith("enabled") and f"magic {magic}\n" in text and flags and "F" in flags[1]:
            return True
    return False
