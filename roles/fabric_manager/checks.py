"""What proves role fabric_manager."""

from __future__ import annotations

import operator

from gigaworks.roles.check import Check, Output, UnreadableError, text
from gigaworks.roles.fabric_manager.params import Params
from gigaworks.roles.readers import infiniband
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return [
        *(service_checks("opensm") if params.manager == "opensm" else []),
        Check("master", "a subnet manager is master", "sminfo 2>&1", "SMINFO_MASTER", state),
        Check("width", "narrowest link, in lanes", "ibnetdiscover", params.min_width, narrowest, operator.ge),
    ]


def state(output: Output) -> str:
    """Read the state, the last word of ``sminfo: sm lid 1 sm guid 0x…, activity count 9 … state 3 SMINFO_MASTER``."""
    return text(output).split()[-1]


def narrowest(output: Output) -> int:
    """Read the lanes of the narrowest link."""
    links = infiniband.ibnetdiscover(text(output))
    if not links:
        raise UnreadableError("ibnetdiscover shows no link")
    return min(int(link.width.rstrip("x")) for link in links)
