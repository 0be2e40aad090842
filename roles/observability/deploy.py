"""Operations of role observability."""

from __future__ import annotations

from pyinfra.operations import apt

from gigaworks.roles.observability.params import Params
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.target import Context

EXPORTER = "prometheus-node-exporter"


def deploy(params: Params, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Run the exporter."""
    apt.packages(name="The exporter is there", packages=[EXPORTER], no_recommends=True)
    arguments = [f"--web.listen-address=:{params.port}", *(f"--no-collector.{name}" for name in params.without)]
    configured = rendered_file(
        name="The exporter's options",
        path=f"/etc/default/{EXPORTER}",
        content="# Written by Gigaworks, role observability: change the site, not this file.\n"
        f'ARGS="{" ".join(arguments)}"\n',
        judge="sh -n {}",
    )
    restarted(name="The exporter reads its options", service=EXPORTER, _if=when_changed(configured))
    service(name="The exporter runs", service=EXPORTER)
