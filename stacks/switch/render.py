"""A switch of the blueprint → its frr.conf."""

from __future__ import annotations

import functools
import ipaddress
from pathlib import Path
from typing import TYPE_CHECKING

from gigaworks.inventory.blueprint import Switch

if TYPE_CHECKING:
    from jinja2 import Template


def frr_conf(switch: Switch) -> str:
    """Return the whole configuration: interfaces with their /31, loopback, eBGP on every fabric link (RFC 7938).

    Only the switch's own links and loopback are announced, by an exact prefix list, so that a leaf can never
    become a way to anywhere else. A switch that Gigaworks does not configure has an empty one.
    """
    if switch.platform is None or switch.loopback is None:
        return ""
    loopback = switch.loopback.partition("/")[0]
    own = sorted(
        {ipaddress.ip_interface(port.address).network for port in switch.ports if port.address}
        | {ipaddress.ip_network(loopback)},
        key=lambda prefix: (int(prefix.network_address), prefix.prefixlen),
    )
    return _template().render(switch=switch, loopback=loopback, own=own)


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
