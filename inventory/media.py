"""What cables are made of: how far each medium reaches at a speed, and which plugs fit which interface.

Reaches in m by the interface's nominal Gbit/s; a speed that is not listed is one that the medium is not made for.
Sources, all IEEE 802.3 unless named: dac is passive copper (10G SFF-8431, 40G 802.3ba, 25G 802.3by, 100G 802.3bj,
200G 802.3cd, 400G and 800G 802.3ck and 802.3df); mmf is parallel multi-mode fibre OM4 (10G 802.3ae, 40G 802.3ba, 25G
802.3by, 100G 802.3bm, 200G 802.3cd, 400G and 800G 802.3db and 802.3df: the 50 m of VR optics); smf is single-mode
fibre with the 500 m of DR optics (802.3bs, 802.3cu, 802.3df), 10 km of LR below 100G; cat6a is twisted pair to 100 m
(802.3an, TIA-568). aoc is bought whole: 30 m is what makers commonly list, so it is policy, not physics.
"""

from __future__ import annotations

from typing import Literal

Media = Literal["cat6a", "dac", "aoc", "mmf", "smf"]

REACH_M: dict[Media, dict[int, float]] = {  # in the order of what they cost
    "cat6a": {1: 100, 10: 100},
    "dac": {1: 7, 10: 7, 25: 5, 40: 7, 100: 5, 200: 3, 400: 2, 800: 2},
    "aoc": {10: 30, 25: 30, 40: 30, 100: 30, 200: 30},
    "mmf": {10: 400, 25: 100, 40: 150, 100: 100, 200: 100, 400: 50, 800: 50},
    "smf": {1: 10_000, 10: 10_000, 25: 10_000, 40: 10_000, 100: 500, 200: 500, 400: 500, 800: 500},
}
_FORMS = {  # how NetBox's interface types end → the plug
    "-t": "RJ45",
    "sfp": "SFP",
    "sfpp": "SFP+",
    "sfp28": "SFP28",
    "sfp56": "SFP56",
    "sfp112": "SFP112",
    "qsfpp": "QSFP+",
    "qsfp28": "QSFP28",
    "qsfp56": "QSFP56",
    "qsfp112": "QSFP112",
    "qsfpdd": "QSFP-DD",
    "osfp": "OSFP",
    "osfp224": "OSFP224",
}


def form_of(interface_type: str) -> str | None:
    """Return the plug of a NetBox interface type, such as OSFP; None where the type does not tell."""
    if interface_type.endswith("base-t"):
        return "RJ45"
    return _FORMS.get(interface_type.rpartition("-")[2])


def reach_m(media: str, speed_mbit_s: int | None) -> float | None:
    """Return how far a medium reaches at a speed; None where it is not made for that speed, or the speed is unknown."""
    return REACH_M[media].get(speed_mbit_s // 1000) if media in REACH_M and speed_mbit_s else None


def medium(length_m: float, speed_mbit_s: int | None, twisted_pair: bool) -> Media:
    """Return the first medium that reaches; single-mode fibre where none does: law NET-6 judges it.

    An unknown speed is taken for 10 Gbit/s; law NET-6 judges only speeds that are known.
    """
    if twisted_pair:
        return "cat6a"
    speed = (speed_mbit_s or 10_000) // 1000
    return next((m for m, reach in REACH_M.items() if m != "cat6a" and reach.get(speed, 0) >= length_m), "smf")
