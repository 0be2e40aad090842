"""Which boot loader starts the node's kernel from its own disk, and with what it started this one."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pyinfra.api import FactBase

from gigaworks.roles.boot_text import LOADER

Kind = Literal["grub", "extlinux", "systemd-boot", ""]


class Boot(NamedTuple):
    """``loader`` is empty where none is known; ``running`` are the words that the kernel was started with."""

    loader: Kind
    running: list[str]
    kept: list[str]  # the words of /etc/kernel/cmdline, systemd-boot's and extlinux' source


class BootLoader(FactBase[Boot]):
    """Returns Boot. GRUB goes first: a machine that has several is started by the one with settings."""

    @staticmethod
    def default() -> Boot:
        """Return a machine that is not started from its own disk."""
        return Boot("", [], [])

    def command(self) -> str:
        """Print loader, running and kept, a line each."""
        return f"{LOADER}; cat /proc/cmdline; cat /etc/kernel/cmdline 2>/dev/null; true"

    def process(self, output: list[str]) -> Boot:
        """Read the three lines; the last may be missing."""
        loader, running, kept = [*output, "", ""][:3]
        known: dict[str, Kind] = {"grub": "grub", "extlinux": "extlinux", "systemd-boot": "systemd-boot"}
        return Boot(known.get(loader, ""), running.split(), kept.split())
