"""What ``ethtool NIC`` prints of a link."""

from __future__ import annotations

import re

import msgspec


class Link(msgspec.Struct, frozen=True, kw_only=True):
    """The state of a NIC's link; ``speed`` in Mbit/s, None where the NIC does not know it."""

    speed: int | None
    duplex: str
    up: bool


def link(text: str) -> Link:
    """Read ``ethtool NIC``."""
    said = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}
    speed = re.match(r"(\d+)Mb/s", said.get("Speed", ""))
    return Link(
        speed=int(speed[1]) if speed else None,
        duplex=said.get("Duplex", ""),
        up=said.get("Link detected", "").startswith("yes"),
    )
