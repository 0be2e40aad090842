"""How base's settings are spelt in the files of their programs."""

from __future__ import annotations


def time_zone(zone: str) -> str:
    """Return shell text that sets the time zone; UTC needs no file of its own, any other comes from tzdata."""
    path = f"/usr/share/zoneinfo/{zone}"
    needed = "" if zone in {"UTC", "Etc/UTC"} else f"[ -e {path} ] || {{ echo {path} is not there >&2; exit 1; }}; "
    return f"{needed}ln -sfn {path} /etc/localtime && echo {zone} >/etc/timezone"
