"""A switch of the blueprint → its frr.conf."""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from gigaworks.inventory.blueprint import Switch

if TYPE_CHECKING:
    from jinja2 import Template


def frr_conf(switch: Switch) -> str:
    """Return the whole configuration: interfaces with their addresses, loopbacks, eBGP on every link (RFC 7938).

    A link between switches without addresses is unnumbered: BGP runs over link-local ones, and IPv4 routes have IPv6
    next hops (RFC 8950). Only the switch's own links and loopbacks are announced, by exact prefix lists, so that a
    leaf can never become a way to anywhere else. A switch that Gigaworks does not configure has an empty text.
    """
    if switch.platform is None or switch.loopback is None:
        return ""
    loopback = switch.loopback.partition("/")[0]
    own = _networks([port.address for port in switch.ports], loopback)
    own6 = _networks([port.address6 for port in switch.ports], switch.loopback6) if switch.loopback6 else []
    return _template().render(switch=switch, loopback=loopback, own=own, own6=own6)


def _networks(links: Iterable[str | None], loopback: str) -> list[str]:
    """Return the prefixes of links and of a loopback, in the order of their addresses."""
    found = {ipaddress.ip_interface(link).network for link in links if link} | {ipaddress.ip_network(loopback)}
    return [str(prefix) for prefix in sorted(found, key=lambda p: (int(p.network_address), p.prefixlen))]


@functools.cache
def _template() -> Template:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - a router's configuration, not HTML
    )
    return environment.get_template("frr.conf.j2")
