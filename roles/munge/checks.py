"""What proves role munge."""

from __future__ import annotations

from gigaworks.roles.check import Check, Output
from gigaworks.roles.munge.params import Params
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return [
        *service_checks("munge"),
        Check("credential", "a credential is made and taken", "munge -n | unmunge 2>&1", "Success", status),
        Check("key", "mode and owner of the key", "stat -c '%a %U' /etc/munge/munge.key 2>&1", "400 munge"),
    ]


def status(output: Output) -> str:
    """Read what unmunge says of a credential: ``Success``, or why not."""
    found = next((line for line in output.text.splitlines() if line.startswith("STATUS:")), None)
    return found.split()[1] if found else output.text.strip() or "nothing"
