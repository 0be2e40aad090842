"""What an operation or a role wants to be told besides its commands: a difference, or a part left out."""

from __future__ import annotations

from pyinfra import host


def difference(text: str) -> None:
    """Note how the node differs from what the running operation wants; the plan shows it."""
    host.connector_data.setdefault("differences", {})[host.current_op_hash] = text


def left_out(reason: str) -> None:
    """Note that the running role leaves a part out, and why."""
    host.connector_data.setdefault("left_out", []).append(reason)


def restart_needed(reason: str) -> None:
    """Note that the machine has to restart before what the running role sets is in force, and why."""
    host.connector_data.setdefault("restarts", []).append(reason)
