"""Sysctl values: how they are read on a node and spelt in files."""

from __future__ import annotations

import shlex
from collections.abc import Mapping

from gigaworks.roles.check import Check, NotHereError, Output, text

READ_ONLY = 77


def value(setting: int | str) -> str:
    """Return a sysctl value with single blanks between its numbers, as it is compared."""
    return " ".join(str(setting).split())


def probe(name: str) -> str:
    """Return shell text that prints one sysctl value with single blanks."""
    return f"sysctl -n {shlex.quote(name)} 2>/dev/null | tr -s '\\t ' ' '"


def file(role: str, sysctl: Mapping[str, int | str]) -> str:
    """Return the text of a role's file in /etc/sysctl.d."""
    lines = [f"{name} = {value(setting)}" for name, setting in sorted(sysctl.items())]
    return "\n".join([f"# Written by Gigaworks, role {role}: change the site, not this file.", *lines, ""])


def may_set(name: str) -> str:
    """Return shell text that holds where the node may set a value: in a container it is often the computer's."""
    return f"[ -w {shlex.quote('/proc/sys/' + name.replace('.', '/'))} ]"


def check(name: str, setting: int | str, wherever: bool = True) -> Check:
    """Return the check of a value; unless ``wherever``, one that the node may not set is left out."""

    def read(output: Output) -> str:
        if output.code == READ_ONLY:
            raise NotHereError(f"sysctl {name}: it is not this machine's own to set")
        return text(output)

    command = probe(name) if wherever else f"{may_set(name)} || exit {READ_ONLY}; {probe(name)}"
    return Check(name, f"sysctl {name}", command, value(setting), read)
