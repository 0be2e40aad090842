"""What proves role observability."""

from __future__ import annotations

from gigaworks.roles.check import Check
from gigaworks.roles.observability.params import Params
from gigaworks.roles.scrape import scrape_check
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return [
        *service_checks("prometheus-node-exporter"),
        scrape_check(params.port, "node_exporter_build_info"),
    ]
