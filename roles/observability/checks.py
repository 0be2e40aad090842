"""What proves role observability."""

from __future__ import annotations

from gigaworks.roles.check import Check, Output, UnreadableError
from gigaworks.roles.observability.params import Params
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context

# bash is on every Debian system; curl and wget are not.
SCRAPE = """for try in 1 2 3 4 5 6 7 8 9 10; do timeout 10 bash -c 'exec 3<>/dev/tcp/127.0.0.1/%d && \
printf "GET /metrics HTTP/1.0\\r\\n\\r\\n" >&3 && cat <&3' 2>/dev/null && exit 0; sleep 0.5; done; exit 1"""


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return [
        *service_checks("prometheus-node-exporter"),
        Check(
            "scrape",
            f"scrape of port {params.port}",
            f"({SCRAPE % params.port}) | grep -a -e ^HTTP/ -e ^node_exporter_build_info",
            "up",
            up,
        ),
    ]


def up(output: Output) -> str:
    """Read whether a scrape holds the exporter's own metric."""
    lines = output.text.splitlines()
    if not lines:
        raise UnreadableError("nothing answered")
    return "up" if " 200 " in lines[0] and any("build_info" in line for line in lines) else lines[0].strip()
