"""What proves role storage_server."""

from __future__ import annotations

import shlex

from gigaworks.roles.check import Check, yes
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.storage_server.params import Params
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return [
        *service_checks("glusterd"),
        Check("answers", "glusterd answers", "timeout 20 gluster --mode=script peer status 2>&1", "yes", yes),
        *(
            Check(f"brick.{brick}", f"brick directory {brick}", f"stat -c %F {shlex.quote(brick)} 2>&1", "directory")
            for brick in context.bricks
        ),
    ]
