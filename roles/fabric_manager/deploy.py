"""Operations of role fabric_manager."""

from __future__ import annotations

from pyinfra.operations import apt

from gigaworks.roles.fabric_manager import partitions
from gigaworks.roles.fabric_manager.params import Params
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.target import Context


def deploy(params: Params, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Manage the fabric."""
    apt.packages(name="InfiniBand diagnostics are there", packages=["infiniband-diags"], no_recommends=True)
    if params.manager == "ufm":
        return
    apt.packages(name="opensm is there", packages=["opensm"], no_recommends=True)
    options = rendered_file(
        name="opensm's options",
        path="/etc/opensm/opensm.conf",
        content=f"{partitions.NOTICE}sm_priority {params.priority}\nrouting_engine {params.routing}\n"
        "partition_config_file /etc/opensm/partitions.conf\n",
    )
    members = rendered_file(name="Partitions", path="/etc/opensm/partitions.conf", content=partitions.file(params))
    restarted(name="opensm reads its settings", service="opensm", _if=when_changed(options, members))
    service(name="opensm runs", service="opensm")
