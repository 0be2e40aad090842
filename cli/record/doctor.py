"""Look at this computer: what Gigaworks needs, whether it is there, and what gets it. Nothing is changed or fetched."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys

import msgspec

_TOOLS = {  # program → what needs it, and the Debian package that has it
    "git": ("revisions and the ledger", "git"),
    "ssh": ("gigaworks node ssh", "openssh-client"),
    "dnsmasq": ("boot services", "dnsmasq-base"),
}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is there or not; ``needed`` is ``always`` or what cannot be done without it."""

    name: str
    there: bool
    found: str = ""
    needed: str = "always"
    fix: str = ""


def examine() -> list[Finding]:
    """Return everything that was looked at, in the order of need."""
    return [_python(), _engine(), *_tools(), *_lab()]


def _python() -> Finding:
    there = sys.version_info >= (3, 11)
    return Finding(
        name="python", there=there, found=platform.python_version(), fix="" if there else "install Python 3.11 or newer"
    )


def _engine() -> Finding:
    from gigaworks.stacks.engine.install import find
    from gigaworks.stacks.engine.quiet import VERSION

    path = find()
    fix = "" if path else "gigaworks engine install"
    return Finding(name=f"engine {VERSION}", there=path is not None, found=str(path or "missing"), fix=fix)


def _tools() -> list[Finding]:
    found = []
    for name, (needed, package) in _TOOLS.items():
        path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
        version = _version(path) if path and name != "ssh" else ""
        fix = "" if path else f"apt-get install {package}"
        found.append(Finding(name=name, there=bool(path), found=version or path or "missing", needed=needed, fix=fix))
    return found


def _lab() -> list[Finding]:
    from gigaworks.inventory import lab

    missing = lab.missing()
    if not missing:
        return [Finding(name="lab", there=True, found="can run here", needed="a lab")]
    return [
        Finding(name=f"lab: {it.summary}", there=False, found=it.detail, needed="a lab", fix=it.fix) for it in missing
    ]


def _version(path: str) -> str:
    try:
        text = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=5, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return " ".join((text.splitlines() or [""])[0].split()[:3])
