"""Operations of role acceptance."""

from __future__ import annotations

from pyinfra.operations import apt

from gigaworks.roles.acceptance.params import Params
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import service
from gigaworks.roles.target import Context


def deploy(params: Params, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Have the measuring programs, and the endpoint where it is wanted."""
    apt.packages(name="Measuring programs are there", packages=["sysbench", "iperf3"], no_recommends=True)
    rendered_file(
        name="iperf3 as a service (sysvinit)",
        path="/etc/default/iperf3",
        content="# Written by Gigaworks, role acceptance: change the site, not this file.\n"
        f'START_DAEMON="{"yes" if params.serve else "no"}"\n',
    )
    service(name="iperf3 endpoint", service="iperf3", running=params.serve, enabled=params.serve)
