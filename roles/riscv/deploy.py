"""Operations of role riscv: it only looks."""

from __future__ import annotations

from gigaworks.roles.riscv.params import Params
from gigaworks.roles.target import Context


def deploy(params: Params, context: Context) -> None:
    """Set nothing: what this role proves comes with the hardware and its image."""
