"""What a workflow says while it works. Workflows emit events and never print; views decide how they look."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from gigaworks.inventory.problem import Problem


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened.

    ``kind`` is one of: ``phase`` (a step of the workflow begins), ``progress`` (text for a live line), ``stack``
    (subject = stack; data: status running|done|failed|unchanged, counts), ``resource`` (data: stack, op, status,
    error), ``wave`` (data: number, of, nodes), ``node`` (data: before, after, state names), ``check`` (data: role,
    id, expected, observed, ok), ``problem`` (data: a Problem), ``summary`` (data: counts; the last event).
    """

    kind: str
    subject: str = ""
    message: str = ""
    data: dict[str, Any] = {}


Emit = Callable[[Event], None]


def problem_event(problem: Problem) -> Event:
    """Return what a workflow says of a problem that does not end it."""
    return Event(kind="problem", subject=problem.subject, message=problem.summary, data=msgspec.to_builtins(problem))
