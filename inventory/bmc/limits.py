"""The power limit of what a controller manages: where it stands in the tree, what it is, how it is set."""

from __future__ import annotations

from typing import Any

import msgspec

from gigaworks.inventory.bmc.inventory import Body, Read


class Limit(msgspec.Struct, frozen=True, kw_only=True):
    """A power limit. ``watts`` None is no limit; ``kind`` is the schema that it was found in."""

    uri: str
    kind: str  # EnvironmentMetrics, or Power with its older PowerControl
    watts: int | None
    least_w: float | None = None
    most_w: float | None = None

    def values(self, watts: int | None) -> Body:
        """Return the PATCH body that sets this limit."""
        if self.kind == "Power":
            return {"PowerControl": [{"PowerLimit": {"LimitInWatts": watts}}]}
        if watts is None:
            return {"PowerLimitWatts": {"ControlMode": "Disabled"}}
        return {"PowerLimitWatts": {"ControlMode": "Automatic", "SetPoint": watts}}


def find_limit(read: Read, chassis: list[str]) -> Limit | None:
    """Return the power limit of the first chassis that has one: the newer place first, then the older."""
    bodies = [body for body in map(read, chassis) if body]
    for body in bodies:
        metrics = _linked(read, body, "EnvironmentMetrics")
        control = (metrics or {}).get("PowerLimitWatts")
        if metrics and isinstance(control, dict):
            off = control.get("ControlMode") == "Disabled"
            return Limit(
                uri=metrics["@odata.id"],
                kind="EnvironmentMetrics",
                watts=None if off else _watts(control.get("SetPoint")),
                least_w=control.get("AllowableMin"),
                most_w=control.get("AllowableMax"),
            )
    for body in bodies:
        power = _linked(read, body, "Power")
        controls = (power or {}).get("PowerControl") or []
        if power and controls and isinstance(controls[0].get("PowerLimit"), dict):
            watts = _watts(controls[0]["PowerLimit"].get("LimitInWatts"))
            return Limit(uri=power["@odata.id"], kind="Power", watts=watts)
    return None


def _linked(read: Read, body: Body, key: str) -> Body | None:
    reference = body.get(key)
    return read(reference["@odata.id"]) if isinstance(reference, dict) and "@odata.id" in reference else None


def _watts(value: Any) -> int | None:
    return round(value) if isinstance(value, (int, float)) else None
