"""The fabric NICs of a node: what they should be, as the probe on the node prints it."""

from __future__ import annotations

from gigaworks.inventory.blueprint import Nic
from gigaworks.roles.target import Context

PROTOCOL = 201  # of our routes, so that nobody else's are touched; free in /etc/iproute2/rt_protos


def nics(context: Context) -> list[Nic]:
    """Return the NICs that this role configures: those on a fabric, with an address."""
    return [nic for nic in context.nics if nic.fabric in {"compute", "storage"} and nic.address]


def nic_probe(nic: str) -> str:
    """Return shell text that prints a NIC's state, MTU and IPv4 addresses."""
    return (
        f"echo {nic} $(ip -o link show dev {nic} 2>/dev/null | grep -q '[<,]UP[,>]' && echo up || echo down) "
        f"$(cat /sys/class/net/{nic}/mtu 2>/dev/null) "
        f"$(ip -o -4 address show dev {nic} 2>/dev/null | awk '{{print $4}}' | sort)"
    )


def nic_expected(nic: Nic) -> str:
    """Return what ``nic_probe`` prints where all is well."""
    return f"{nic.name} up {nic.mtu} {nic.address}"


ROUTE_PROBE = (
    f"ip -4 -o route show proto {PROTOCOL} | "
    """awk '{printf "%s", $1; for (i = 1; i < NF; i++) if ($i == "via") printf " %s %s", $(i+1), $(i+3); print ""}'"""
    " | sort"
)


def routes_expected(context: Context) -> str:
    """Return what ROUTE_PROBE prints where all is well."""
    lines = [" ".join([route.prefix, *(f"{gateway} {nic}" for gateway, nic in route.via)]) for route in context.routes]
    return "\n".join(sorted(lines))


def probe(context: Context) -> str:
    """Return shell text that prints the state of all fabric NICs and routes."""
    return "\n".join([*(nic_probe(nic.name) for nic in nics(context)), ROUTE_PROBE])


def expected(context: Context) -> str:
    """Return what ``probe`` prints where all is well."""
    return "\n".join([*(nic_expected(nic) for nic in nics(context)), routes_expected(context)]).strip()
