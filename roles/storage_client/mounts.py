"""The mounts of a node: which volumes, from where, and how that is seen on the node."""

from __future__ import annotations

import shlex

from gigaworks.roles.storage_client.params import Params
from gigaworks.roles.target import Context, Mount


def mounts(params: Params, context: Context) -> list[Mount]:
    """Return the volumes that the node mounts.

    Raises:
        ValueError: a volume is named that the site does not declare for this node.
    """
    found = {mount.name: mount for mount in context.site.volumes if mount.name in context.mounts}
    if unknown := sorted(set(params.volumes) - set(found)):
        raise ValueError(f"no such volume for this node: {', '.join(unknown)}; there are: {', '.join(sorted(found))}")
    return [found[name] for name in (params.volumes or sorted(found))]


def probe(mount: Mount) -> str:
    """Return shell text that prints type and volume of a mount that answers within 10 s, and nothing otherwise."""
    path = shlex.quote(mount.path)
    return (
        f"timeout 10 ls -d {path}/. >/dev/null 2>&1 && "
        f"findmnt -n -r -o FSTYPE,SOURCE -M {path} | sed 's,[ ][^ ]*:/*, ,'"
    )


def expected(mount: Mount) -> str:
    """Return what ``probe`` prints where all is well."""
    return f"fuse.glusterfs {mount.name}"
