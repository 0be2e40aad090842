"""What proves role arm."""

from __future__ import annotations

from gigaworks.roles.arm.params import Params
from gigaworks.roles.check import Check
from gigaworks.roles.processor_checks import processor_checks
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return processor_checks("aarch64", params.page_size_kib, params.numa_nodes)
