"""Role same reads nothing back: neither do the tools beside it."""

from __future__ import annotations

from typing import Any

from gigaworks.roles.check import Check


def checks(params: Any, context: Any) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return nothing."""
    return []
