"""The two checks of a service: it runs, and it starts with the machine."""

from __future__ import annotations

from gigaworks.roles import service_text
from gigaworks.roles.check import Check, Output, UnreadableError, text


def service_checks(service: str) -> list[Check]:
    """Return them for a service under systemd or sysvinit."""
    command = service_text.state(service)
    return [
        Check(f"service.{service}", f"service {service} runs", command, "yes", lambda output: _word(output, 1)),
        Check(f"start.{service}", f"service {service} at start", command, "yes", lambda output: _word(output, 2)),
    ]


def _word(output: Output, number: int) -> str:
    words = text(output).split()
    if len(words) != 3:
        raise UnreadableError(output.text.strip() or "nothing is known of it")
    return words[number]
