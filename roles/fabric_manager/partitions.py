"""partitions.conf of opensm. Pure."""

from __future__ import annotations

from gigaworks.roles.fabric_manager.params import Params, Partition

NOTICE = "# Written by Gigaworks, role fabric_manager: change the site, not this file.\n"


def file(params: Params) -> str:
    """Return the file; the default partition keeps the manager itself in touch with everybody."""
    lines = ["Default=0x7fff, ipoib : ALL=limited, SELF=full ;", *(_line(p) for p in params.partitions)]
    return NOTICE + "\n".join(lines) + "\n"


def _line(partition: Partition) -> str:
    full = [f"{guid}=full" for guid in partition.members] or ["ALL=full"]
    members = ", ".join([*full, *(f"{guid}=limited" for guid in partition.limited)])
    return f"{partition.name}={partition.pkey:#06x}{', ipoib' if partition.ipoib else ''} : {members} ;"
