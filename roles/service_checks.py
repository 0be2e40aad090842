"""The two checks of a service: it runs, and it starts with the machine."""

from __future__ import annotations

import shlex

from gigaworks.roles.check import Check, Output, UnreadableError, text

COMMAND = """S=%s; if [ -d /run/systemd/system ]; then systemctl is-active "$S"; systemctl is-enabled "$S"; else
[ -x "/etc/init.d/$S" ] && "/etc/init.d/$S" status >/dev/null 2>&1 && echo active || echo inactive
ls /etc/rc[2-5].d/S[0-9][0-9]"$S" >/dev/null 2>&1 && echo enabled || echo disabled; fi; true"""


def service_checks(service: str) -> list[Check]:
    """Return them for a service under systemd or sysvinit."""
    command = COMMAND % shlex.quote(service)

    def read(output: Output, line: int) -> str:
        lines = text(output).splitlines()
        if len(lines) != 2:
            raise UnreadableError(text(output))
        return lines[line]

    return [
        Check(f"service.{service}", f"service {service}", command, "active", lambda output: read(output, 0)),
        Check(f"start.{service}", f"service {service} at start", command, "enabled", lambda output: read(output, 1)),
    ]
