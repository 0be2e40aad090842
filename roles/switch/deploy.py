"""Operations of role switch."""

from __future__ import annotations

from pyinfra.operations import apt

from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.switch import frr
from gigaworks.roles.switch.params import Params
from gigaworks.roles.target import Context


def deploy(params: Params, context: Context) -> None:
    """Run FRR."""
    apt.packages(name="FRR is there", packages=["frr"], no_recommends=True)
    daemons = rendered_file(
        name="FRR's daemons",
        path="/etc/frr/daemons",
        content=f"# Written by Gigaworks, role switch: change the site, not this file.\n{frr.DAEMONS}",
        mode="640",
        owner="frr:frr",
        judge="sh -n {}",
    )
    settings = rendered_file(
        name="FRR's settings",
        path="/etc/frr/frr.conf",
        content=frr.conf(params, context),
        mode="640",
        owner="frr:frr",
        judge="vtysh -C -f {}",
    )
    restarted(name="FRR reads its settings", service="frr", _if=when_changed(daemons, settings))
    service(name="FRR runs", service="frr")
