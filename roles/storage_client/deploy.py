"""Operations of role storage_client."""

from __future__ import annotations

from pyinfra.operations import apt

from gigaworks.roles.operations.at_start import at_start
from gigaworks.roles.storage_client import mounts
from gigaworks.roles.storage_client.params import Params
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render


def deploy(params: Params, context: Context) -> None:
    """Mount the volumes."""
    apt.packages(name="GlusterFS client is there", packages=["glusterfs-client"], no_recommends=True)
    wanted = mounts.mounts(params, context)
    at_start(
        name="gigaworks-volumes",
        subject="Volumes",
        body=render(__file__, "mounts.sh.j2", mounts=wanted),
        probe="\n".join(mounts.probe(mount) for mount in wanted),
        expected="\n".join(mounts.expected(mount) for mount in wanted),
        after="$network gigaworks-fabric",
    )
