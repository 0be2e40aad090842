"""Operations of role rdma."""

from __future__ import annotations

from pyinfra.operations import apt, server

from gigaworks.roles.operations.at_start import at_start
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import when_changed
from gigaworks.roles.rdma import settings
from gigaworks.roles.rdma.params import Params
from gigaworks.roles.target import Context

NOTICE = "# Written by Gigaworks, role rdma: change the site, not this file.\n"


def deploy(params: Params, context: Context) -> None:
    """Install the adapters' software and set the NICs."""
    packages = [*(params.packages or settings.PACKAGES[params.stack]), "ethtool"]
    apt.packages(name="RDMA software is there", packages=packages, no_recommends=True)
    modules = settings.modules(params, context)
    kept = rendered_file(
        name="RDMA modules at start",
        path="/etc/modules-load.d/gigaworks-rdma.conf",
        content=NOTICE + "".join(f"{module}\n" for module in modules),
    )
    server.shell(name="RDMA modules now", commands=[f"modprobe -a {' '.join(modules)}"], _if=when_changed(kept))
    rendered_file(
        name="Locked memory for RDMA",
        path="/etc/security/limits.d/91-gigaworks-rdma.conf",
        content=f"{NOTICE}* - memlock unlimited\n",
    )
    if params.transport == "roce":
        at_start(
            name="gigaworks-roce",
            subject="RoCE is lossless",
            body=settings.script(params, context),
            probe=settings.probe(params, context),
            expected=settings.expected(params, context),
            after="gigaworks-fabric",
        )
