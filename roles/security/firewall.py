"""The firewall of a node: rules from the declared networks, and how it is seen whether the kernel holds them."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import collapse_addresses, ip_network

from gigaworks.roles.security.params import Params
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render

REACHED = "! command -v nft >/dev/null || nft list tables >/dev/null 2>&1"  # one that is not there yet will be
NOT_REACHED = "firewall: nft does not reach the kernel from an emulated machine of the lab; there are no rules"
FILE = "/etc/nftables.d/gigaworks.nft"
LOADED = "/run/gigaworks-firewall"
_STATE = f"sha256sum <{FILE}; nft -s list table inet gigaworks | sed '/counter packets/d' | sha256sum"
LOAD = f"nft -f {FILE} && {{ {_STATE}; }} >{LOADED} || result=1"
PROBE = f'[ -s {LOADED} ] && [ "$(cat {LOADED})" = "$({_STATE})" ] && echo loaded'


def rules(params: Params, context: Context) -> str:
    """Return the file for nft."""
    trusted = [network.prefix for network in context.site.networks if network.kind in params.trusted]
    openings = [
        {
            "port": opening.port,
            "protocol": opening.protocol,
            "sources": by_family(opening.sources),
            "everybody": not opening.sources,
        }
        for opening in params.open
    ]
    return render(__file__, "gigaworks.nft.j2", trusted=by_family(trusted), open=openings)


def by_family(prefixes: Iterable[str]) -> list[tuple[str, list[str]]]:
    """Return nft's word for each address family with its prefixes; one within another is left out."""
    networks = [ip_network(prefix, strict=False) for prefix in prefixes]
    four = collapse_addresses(network for network in networks if network.version == 4)
    six = collapse_addresses(network for network in networks if network.version == 6)
    found = [("ip", [str(network) for network in four]), ("ip6", [str(network) for network in six])]
    return [(family, some) for family, some in found if some]
