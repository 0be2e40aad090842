"""Whom a node follows, and how chronyd is started."""

from __future__ import annotations

from gigaworks.roles.target import Context
from gigaworks.roles.time.params import Params

MAY_ADJUST = "v=$(awk '/^CapBnd/{print $2}' /proc/1/status); [ $((0x$v >> 25 & 1)) = 1 ] && echo yes"  # CAP_SYS_TIME


def servers(params: Params, context: Context) -> list[str]:
    """Return whom the node follows: what is declared, else the site's serving nodes but itself."""
    return list(params.servers) or [name for name in context.site.time_servers if name != context.name]


def options(may_adjust: bool) -> str:
    """Return /etc/default/chrony. Where the clock is not the node's own, neither is the system call filter (-F)."""
    arguments = "-F 1" if may_adjust else "-x -F 0"
    return f'# Written by Gigaworks, role time: change the site, not this file.\nDAEMON_OPTS="{arguments}"\n'
