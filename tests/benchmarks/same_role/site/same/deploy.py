"""Operations of role same."""

from __future__ import annotations

from typing import Any

from gigaworks.roles.target import Context
from tests.benchmarks.same_role.operations import operations


def deploy(params: Any, context: Context) -> None:
    """Call the operations that all tools are given."""
    operations(context.name, params.index, params.peers)
