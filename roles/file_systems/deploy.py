"""Operations of role file_systems."""

from __future__ import annotations

from pyinfra.operations import apt

from gigaworks.roles.file_systems import mounts
from gigaworks.roles.file_systems.params import Params
from gigaworks.roles.operations.at_start import at_start
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render


def deploy(params: Params, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Mount them."""
    wanted = mounts.mounts(params)
    apt.packages(name="What the mounts need is there", packages=mounts.packages(params), no_recommends=True)
    at_start(
        name="gigaworks-mounts",
        subject="File systems",
        body=render(__file__, "mounts.sh.j2", mounts=wanted),
        probe="\n".join(mounts.probe(mount) for mount in wanted) or "true",
        expected="\n".join(mounts.expected(mount) for mount in wanted),
        after="$network gigaworks-fabric",
    )
