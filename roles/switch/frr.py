"""FRR's files for a host. Pure."""

from __future__ import annotations

import ipaddress

from gigaworks.roles.switch.params import Params
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render

DAEMONS = 'bgpd=yes\nvtysh_enable=yes\nzebra_options="-A 127.0.0.1"\nbgpd_options="-A 127.0.0.1"\n'


def neighbours(params: Params, context: Context) -> list[tuple[str, bool]]:
    """Return with whom BGP is spoken, and whether that is a NIC: the NICs of the compute fabric, unless declared."""
    names = list(params.neighbours) or [nic.name for nic in context.nics if nic.fabric == "compute"]
    return [(name, not _is_address(name)) for name in names]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def conf(params: Params, context: Context) -> str:
    """Return frr.conf."""
    return render(
        __file__,
        "frr.conf.j2",
        name=context.name,
        asn=params.asn,
        router_id=params.router_id or context.address,
        neighbours=neighbours(params, context),
        four=[prefix for prefix in params.announce if ipaddress.ip_network(prefix, strict=False).version == 4],
        six=[prefix for prefix in params.announce if ipaddress.ip_network(prefix, strict=False).version == 6],
    )
