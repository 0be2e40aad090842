"""A service under systemd or sysvinit: is it running, does it start with the machine.

pyinfra's own facts do not do here: ``InitdStatus`` runs every script in /etc/init.d (a minute on an emulated
node), and ``server.service`` takes systemctl on PATH for a running systemd, which it is not on a sysvinit node.
"""

from __future__ import annotations

import shlex
from typing import Literal, NamedTuple

from pyinfra.api import FactBase


class State(NamedTuple):
    """What is known about a service; ``init`` is the PID 1 that manages it."""

    init: Literal["systemd", "sysvinit"]
    running: bool
    enabled: bool


class ServiceState(FactBase[State]):
    """Returns the State of ``service``; one that does not exist is neither running nor enabled."""

    @staticmethod
    def default() -> State:
        """Return a service that does not exist."""
        return State("sysvinit", running=False, enabled=False)

    def command(self, service: str) -> str:
        """Print init, running and enabled."""
        name = shlex.quote(service)
        return (
            f"S={name}; if [ -d /run/systemd/system ]; then "
            'r=no; e=no; systemctl -q is-active "$S" && r=yes; systemctl -q is-enabled "$S" 2>/dev/null && e=yes; '
            'echo "systemd $r $e"; else '
            'r=no; e=no; [ -x "/etc/init.d/$S" ] && "/etc/init.d/$S" status >/dev/null 2>&1 && r=yes; '
            'ls /etc/rc[2-5].d/S[0-9][0-9]"$S" >/dev/null 2>&1 && e=yes; '
            'echo "sysvinit $r $e"; fi'
        )

    def process(self, output: list[str]) -> State:
        """Read the line."""
        init, running, enabled = output[-1].split()
        return State("systemd" if init == "systemd" else "sysvinit", running == "yes", enabled == "yes")
