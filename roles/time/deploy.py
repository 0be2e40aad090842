"""Operations of role time."""

from __future__ import annotations

from pyinfra import host
from pyinfra.operations import apt

from gigaworks.roles.facts.probe import Probe
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render
from gigaworks.roles.time import settings
from gigaworks.roles.time.params import Params


def deploy(params: Params, context: Context) -> None:
    """Configure chrony."""
    apt.packages(name="chrony is there", packages=["chrony"], no_recommends=True)
    configured = rendered_file(
        name="chrony's settings",
        path="/etc/chrony/chrony.conf",
        content=render(
            __file__,
            "chrony.conf.j2",
            servers=settings.servers(params, context),
            serve=params.serve,
            allow=params.allow,
            local_stratum=params.local_stratum,
        ),
        judge="chronyd -p -f {} >/dev/null",
    )
    options = rendered_file(
        name="chronyd's options",
        path="/etc/default/chrony",
        content=settings.options(bool(host.get_fact(Probe, text=settings.MAY_ADJUST))),
    )
    restarted(name="chrony reads its settings", service="chrony", _if=when_changed(configured, options))
    service(name="chrony runs", service="chrony")
