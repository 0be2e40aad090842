"""How the kernel's settings are read on a node and spelt in files."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

GRUB = "[ -d /etc/default/grub.d ] || [ -f /etc/default/grub ]"
NO_LOADER = "kernel command line: the node has no GRUB, its kernel is not started from its own disk"


def value(setting: int | str) -> str:
    """Return a sysctl value with single blanks between its numbers, as this role compares it."""
    return " ".join(str(setting).split())


def probe(name: str) -> str:
    """Return shell text that prints one sysctl value with single blanks."""
    return f"sysctl -n {shlex.quote(name)} 2>/dev/null | tr -s '\\t ' ' '"


def file(sysctl: Mapping[str, int | str]) -> str:
    """Return the text of the file in /etc/sysctl.d."""
    lines = [f"{name} = {value(setting)}" for name, setting in sorted(sysctl.items())]
    return "\n".join(["# Written by Gigaworks, role kernel: change the site, not this file.", *lines, ""])
