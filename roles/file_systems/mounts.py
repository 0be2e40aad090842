"""The mounts of a node: how each is made, seen and proved. Pure."""

from __future__ import annotations

import shlex
from typing import NamedTuple

from gigaworks.roles.file_systems.params import Params

PACKAGES = {"nfs": "nfs-common", "lustre": "lustre-client-utils", "beegfs": "beegfs-client", "xfs": "xfsprogs"}
SEEN_AS = {"nfs": "nfs4"}  # version 4 has a type of its own in the kernel's table


class Mount(NamedTuple):
    """A mount as mount(8) takes it; ``blank`` is a device that may be given a file system if it has none."""

    type: str
    source: str
    path: str
    options: str
    writable: bool
    blank: bool


def mounts(params: Params) -> list[Mount]:
    """Return all mounts, a path before what lies within it."""
    network = [
        Mount(m.type, m.source, m.path, ",".join([*m.options, "ro" if m.read_only else "rw"]), not m.read_only, False)
        for m in params.network
    ]
    scratch = [Mount("xfs", s.device, s.path, "noatime,rw", True, True) for s in params.scratch]
    return sorted([*network, *scratch], key=lambda mount: mount.path)


def packages(params: Params) -> list[str]:
    """Return what the mounts need."""
    return sorted({PACKAGES[mount.type] for mount in mounts(params)})


def probe(mount: Mount) -> str:
    """Return shell text that prints the type and source of a mount that answers within 10 s, and nothing otherwise."""
    path = shlex.quote(mount.path)
    return f"timeout 10 ls -d {path}/. >/dev/null 2>&1 && findmnt -n -r -o FSTYPE,SOURCE -M {path}"


def expected(mount: Mount) -> str:
    """Return what ``probe`` prints where all is well."""
    return f"{SEEN_AS.get(mount.type, mount.type)} {mount.source}"
