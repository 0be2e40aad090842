"""What proves role switch."""

from __future__ import annotations

import json

from gigaworks.roles.check import Check, Output, text
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.switch import frr
from gigaworks.roles.switch.params import Params
from gigaworks.roles.target import Context

SUMMARY = "vtysh -c 'show bgp summary json'"


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    number = len(frr.neighbours(params, context))
    return [
        *service_checks("frr"),
        Check("sessions", "BGP sessions that are up", SUMMARY, number, established),
    ]


def established(output: Output) -> int:
    """Read how many neighbours have a session in some address family."""
    families = json.loads(text(output)).values()
    up = {
        name
        for family in families
        if isinstance(family, dict)
        for name, peer in family.get("peers", {}).items()
        if peer.get("state") == "Established"
    }
    return len(up)
