"""NET-14: the cabling that switches see (LLDP) against the cable plan. Pure; reading the switches is the caller's."""

from __future__ import annotations

from typing import Any

import msgspec

from gigaworks.inventory.blueprint import Blueprint, Cable, CableEnd

Seen = dict[str, dict[str, CableEnd]]
"""Switch name → local port → what is plugged in at the other end."""


class CableFinding(msgspec.Struct, frozen=True, kw_only=True):
    """Cables that do not run as planned.

    ``kind`` is missing (nothing at the port), wrong (another end) or swapped (two cables with their ends exchanged);
    ``at`` names the port or ports where it was seen.
    """

    kind: str
    cables: list[str]
    at: str
    declared: str
    observed: str | None


def neighbours(lldp: bytes) -> dict[str, CableEnd]:
    """Read ``lldpcli -f json0 show neighbors``: local port → the device and port at the other end.

    The chassis name is taken without its domain; the port is its description where the id is a MAC address.

    Raises:
        msgspec.DecodeError: the text is not JSON.
    """
    found: dict[str, CableEnd] = {}
    document: Any = msgspec.json.decode(lldp)
    for group in document.get("lldp", []):
        for interface in group.get("interface", []):
            chassis = _first(interface.get("chassis"))
            port = _first(interface.get("port"))
            name = _first(chassis.get("name")).get("value")
            identity = _first(port.get("id"))
            plug = _first(port.get("descr")).get("value") if identity.get("type") != "ifname" else identity["value"]
            if name and plug:
                found[interface["name"]] = CableEnd(name.split(".")[0], plug)
    return found


def compare(blueprint: Blueprint, seen: Seen, dark: frozenset[str] = frozenset()) -> list[CableFinding]:
    """Return every planned cable that the switches see otherwise, in the order of the cable plan.

    ``seen`` holds the switches that answered; cables of others, and cables to devices in ``dark`` (powered off, not
    installed) with nothing at their port, are not judged.
    """
    wrong: dict[str, tuple[Cable, CableEnd, CableEnd, CableEnd | None]] = {}
    for cable in blueprint.cables:
        here, there = (cable.a, cable.b) if cable.a.device in seen else (cable.b, cable.a)
        if here.device not in seen:
            continue
        at_port = seen[here.device].get(here.port)
        if at_port == there or (at_port is None and there.device in dark):
            continue
        wrong[cable.id] = (cable, here, there, at_port)
    findings, told = [], set()
    for label, (_, here, there, at_port) in wrong.items():
        if label in told:
            continue
        twin = next((t for t, (_, _, planned, found) in wrong.items() if found == there and planned == at_port), None)
        if twin is None:
            kind = "missing" if at_port is None else "wrong"
            observed = None if at_port is None else str(at_port)
            findings.append(
                CableFinding(kind=kind, cables=[label], at=str(here), declared=str(there), observed=observed)
            )
            continue
        told.add(twin)
        _, twin_here, twin_there, twin_found = wrong[twin]
        findings.append(
            CableFinding(
                kind="swapped",
                cables=sorted({label, twin}),
                at=f"{here} and {twin_here}",
                declared=f"{there} and {twin_there}",
                observed=f"{at_port} and {twin_found}",
            )
        )
    return findings


def _first(values: Any) -> dict[str, Any]:
    return values[0] if values else {}
