"""The lab's machines as a table."""

from __future__ import annotations

from typing import Any

from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, value


def show_machines(site: str, status: dict[str, Any], stream: Stream) -> None:
    """Show each machine with what the supervisor says about it; nothing is up when it says nothing."""
    if not status:
        stream.line(f"{site}: the lab is down. Make its machines:  gigaworks lab up {site}")
        return
    machines: dict[str, dict[str, Any]] = status.get("machines", {})
    names = list(dict.fromkeys(key for machine in machines.values() for key in machine))
    rows = [("machine", *names)]
    rows += [(name, *(_told(machine.get(key)) for key in names)) for name, machine in machines.items()]
    stream.lines(columns(rows))


def show_answer(answer: dict[str, Any], stream: Stream) -> None:
    """Show what the supervisor answered, one line a thing."""
    stream.lines(columns([(key, _told(it)) for key, it in answer.items() if key != "ok"]))


def _told(it: Any) -> str:
    if isinstance(it, list | tuple):
        return ", ".join(str(part) for part in it) or "-"
    return "-" if it in (None, "", {}) else value(it, 200)
