"""What ``mlnx_qos -i NIC`` prints: what RoCE's losslessness hangs on."""

from __future__ import annotations

import re

import msgspec


class Qos(msgspec.Struct, frozen=True, kw_only=True):
    """Trust (pcp or dscp), the priorities with PFC, and the priority of each DSCP value."""

    trust: str
    pfc: list[int]
    priority_of: dict[int, int]


def qos(text: str) -> Qos:
    """Read it.

    Raises:
        ValueError: it says nothing about trust or PFC.
    """
    trust = re.search(r"Priority trust state:\s*(\w+)", text)
    enabled = re.search(r"^\s*enabled\s+((?:[01]\s*)+)$", text, re.MULTILINE)
    if not trust or not enabled:
        raise ValueError(text.strip() or "mlnx_qos said nothing")
    maps = re.findall(r"prio:(\d+)\s+dscp:([\d,]*)", text)
    return Qos(
        trust=trust[1],
        pfc=[priority for priority, on in enumerate(enabled[1].split()) if on == "1"],
        priority_of={int(dscp): int(priority) for priority, dscps in maps for dscp in filter(None, dscps.split(","))},
    )
