"""The check of an exporter: does a scrape answer with a metric of its own."""

from __future__ import annotations

from gigaworks.roles.check import Check, Output, UnreadableError

# bash is on every Debian system; curl and wget are not.
_SCRAPE = """for try in 1 2 3 4 5 6 7 8 9 10; do timeout 10 bash -c 'exec 3<>/dev/tcp/127.0.0.1/%d && \
printf "GET /metrics HTTP/1.0\\r\\n\\r\\n" >&3 && cat <&3' 2>/dev/null && exit 0; sleep 0.5; done; exit 1"""


def scrape_check(port: int, metric: str) -> Check:
    """Return the check of the exporter on a port of the node; ``metric`` is one that only it has."""

    def up(output: Output) -> str:
        lines = output.text.splitlines()
        if not lines:
            raise UnreadableError("nothing answered")
        return "up" if " 200 " in lines[0] and any(line.startswith(metric) for line in lines) else lines[0].strip()

    command = f"({_SCRAPE % port}) | grep -a -e ^HTTP/ -e ^{metric}"
    return Check("scrape", f"scrape of port {port}", command, "up", up)
