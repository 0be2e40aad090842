"""Operations of role same."""

from __future__ import annotations

from typing import Any

from gigaworks.roles.target import Context
from tests.benchmarks.same_role.operations import operations


def deploy(params: Any, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Call the operations that all tools are given."""
    addresses = [entry.address for entry in context.site.hosts]
    index = addresses.index(context.address)
    operations(context.name, index, [addresses[(index + step) % len(addresses)] for step in (1, 2, 3)])
