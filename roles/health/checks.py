"""What proves role health."""

from __future__ import annotations

from gigaworks.roles.check import Check, Output, UnreadableError
from gigaworks.roles.health import script
from gigaworks.roles.health.params import Params
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return [Check("health", "what the node complains of", f"{script.PATH} 2>&1", "nothing", complaints)]


def complaints(output: Output) -> str:
    """Read the script's complaints; ``nothing`` where it ended with 0."""
    if output.code == 0:
        return "nothing"
    if output.code != 1:
        raise UnreadableError(output.text.strip() or f"exit status {output.code}")
    return "; ".join(output.text.strip().splitlines())
