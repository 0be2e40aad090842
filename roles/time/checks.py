"""What proves role time."""

from __future__ import annotations

import operator

from gigaworks.roles.check import Check, Output, UnreadableError, text
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context
from gigaworks.roles.time import settings
from gigaworks.roles.time.params import Params

NOW = "chronyc -n -c tracking"
SETTLED = f"{NOW} >/dev/null && chronyc -n waitsync 20 0 0 1 >/dev/null 2>&1; {NOW}"  # it takes some polls, 2 s apart


def checks(params: Params, context: Context) -> list[Check]:
    """Return what chrony says about itself."""
    followed = settings.servers(params, context)
    tracking = SETTLED if followed else NOW  # a server that follows nobody has only its own reference
    return [
        *service_checks("chrony"),
        Check("synchronised", "clock follows a source", tracking, "yes", synchronised),
        Check("offset", "offset from the followed clock", tracking, params.max_offset_s, offset, operator.le, "s"),
        *(
            [Check("sources", "servers that chrony knows", "chronyc -n -c sources", len(followed), sources)]
            if followed
            else []
        ),
    ]


def _tracking(output: Output) -> list[str]:
    # chronyc(1), -c tracking: reference id, name, stratum, reference time, system time offset (s), …, leap status
    fields = text(output).split(",")
    if len(fields) != 14:
        raise UnreadableError(f"not what chronyc -c tracking prints: {output.text.strip()}")
    return fields


def synchronised(output: Output) -> str:
    """Read whether chrony follows a source or its own local reference."""
    fields = _tracking(output)
    return "no" if fields[0] == "00000000" or fields[13] == "Not synchronised" else "yes"


def offset(output: Output) -> float:
    """Read by how many seconds the clock is off, without its sign."""
    if synchronised(output) == "no":
        raise UnreadableError("no source is followed")
    return abs(float(_tracking(output)[4]))


def sources(output: Output) -> int:
    """Read how many servers chrony is configured with."""
    return sum(line.startswith(("^", "=")) for line in text(output).splitlines())
