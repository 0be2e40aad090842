"""Operations of role storage_server."""

from __future__ import annotations

import shlex

from pyinfra.operations import apt

from gigaworks.roles.operations.probed import probed
from gigaworks.roles.operations.service import service
from gigaworks.roles.storage_server.params import Params
from gigaworks.roles.target import Context


def deploy(params: Params, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Run the daemon and make the brick directories."""
    apt.packages(name="GlusterFS server is there", packages=["glusterfs-server"], no_recommends=True)
    for brick in context.bricks:
        path = shlex.quote(brick)
        probed(
            name=f"Brick directory {brick}",
            probe=f"stat -c %F {path} 2>/dev/null",
            expected="directory",
            command=f"mkdir -p {path}",
        )
    service(name="GlusterFS runs", service="glusterd")
