"""Operations of role dcgm."""

from __future__ import annotations

from pyinfra.operations import apt, server

from gigaworks.roles.dcgm.params import Params
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.target import Context

NOTICE = "# Written by Gigaworks, role dcgm: change the site, not this file.\n"
FIELDS = "/etc/dcgm-exporter/gigaworks.csv"
EXPORTER = "nvidia-dcgm-exporter"


def deploy(params: Params, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Run the host engine and the exporter."""
    apt.packages(name="DCGM is there", packages=list(params.packages), no_recommends=True)
    service(name="DCGM runs", service="nvidia-dcgm")
    counters = rendered_file(
        name="DCGM's exported fields",
        path=FIELDS,
        content=NOTICE + "".join(f"{name}, gauge, {told}\n" for name, told in sorted(params.fields.items())),
    )
    unit = rendered_file(
        name="DCGM exporter's options",
        path=f"/etc/systemd/system/{EXPORTER}.service.d/gigaworks.conf",
        content=f"{NOTICE}[Service]\nExecStart=\nExecStart=/usr/bin/dcgm-exporter -f {FIELDS} -a :{params.port}\n",
    )
    server.shell(name="systemd reads its units", commands=["systemctl daemon-reload"], _if=when_changed(unit))
    restarted(name="DCGM exporter reads its fields", service=EXPORTER, _if=when_changed(counters, unit))
    service(name="DCGM exporter runs", service=EXPORTER)
