"""Cables: what their two ends agree on, and whether the medium reaches."""

from __future__ import annotations

import functools
import math
from collections.abc import Iterator, Mapping

from gigaworks.inventory.blueprint import Cable, CableEnd
from gigaworks.inventory.laws.fabric import gbit
from gigaworks.inventory.laws.law import Case, finding, law
from gigaworks.inventory.laws.measure import Measure, quantity
from gigaworks.inventory.media import REACH_M, reach_m
from gigaworks.inventory.model.network import Switched
from gigaworks.inventory.problem import Place, Problem


@law("NET-6", "a cable's ends agree, and its medium reaches")
def cables_hold(case: Case) -> Iterator[Problem | Measure]:
    """A cable's two ports have one nominal speed and both take a twisted pair or both a cage, where their device types
    tell; its length ≤ what its medium reaches at that speed.

    Reach in m at 10/100/400 Gbit/s: passive copper 7/5/2, multi-mode OM4 400/100/50, single-mode 10,000/500/500; the
    module `media` names the clause of IEEE 802.3 for each.
    """
    speeds = _Speeds(case)
    reaches: dict[tuple[str, int | None], float | None] = {}
    longest: dict[tuple[str, int | None], float] = {}
    for cable in case.blueprint.cables:
        a, b = cable.a, cable.b
        here, there = speeds.ports(a.device).get(a.port), speeds.ports(b.device).get(b.port)
        if cable.form_a != cable.form_b and "RJ45" in (forms := (cable.form_a, cable.form_b)) and None not in forms:
            detail = f"{speeds.ref(a)} has {forms[0]}, {speeds.ref(b)} has {forms[1]}"
            fix = "a port of the same kind, or a device that has one"
            where = speeds.place(cable)
            yield finding("NET-6", f"cable/{cable.id}", "joins a twisted pair and a cage", detail, fix, where)
        elif here and there and here != there:
            detail = f"{speeds.ref(a)} has {gbit(here)}, {speeds.ref(b)} has {gbit(there)}"
            fix = "a device or switch of the same port speed, or a `breakout`"
            where = speeds.place(cable)
            yield finding("NET-6", f"cable/{cable.id}", "joins two speeds", detail, fix, where)
        kind = cable.media, cable.speed_mbit_s
        if kind not in reaches:
            reaches[kind] = reach_m(*kind) if cable.speed_mbit_s else math.inf  # an unknown speed is not judged
        reach = reaches[kind]
        if reach is None or cable.length_m > reach:
            yield _short(case, cable, reach)
        elif cable.length_m > longest.get(kind, 0.0):
            longest[kind] = cable.length_m
    for (media, speed), length in sorted(longest.items(), key=str):
        if speed:
            yield Measure("site", f"longest {media} at {gbit(speed)}", length, reaches[media, speed], "m")


def _short(case: Case, cable: Cable, reach: float | None) -> Problem:
    speed = cable.speed_mbit_s or 0
    owners: list[Switched] = [*case.site.fabrics.values(), *case.site.networks.values()]
    where = next((owner.at("media") for owner in owners if owner.kind == cable.fabric), Place(""))
    media = [m for m in REACH_M if (m == "cat6a") == ("RJ45" in (cable.form_a, cable.form_b))]
    able = next((m for m in media if REACH_M[m].get(speed // 1000, 0) >= cable.length_m), None)
    fix = f"`media: {able}`, or racks that stand nearer" if able else "racks that stand nearer"
    if reach is None:
        summary, detail = "is of a medium without its speed", f"{cable.media} is not made for {gbit(speed)}"
    else:
        summary = "is too long for its medium"
        detail = f"{quantity(cable.length_m, 'm')}; {cable.media} reaches {quantity(reach, 'm')} at {gbit(speed)}"
    return finding("NET-6", f"cable/{cable.id}", summary, detail, fix, where)


class _Speeds:
    """The nominal speed of ports after breakout, each device and each type looked at once."""

    def __init__(self, case: Case) -> None:
        self._site = case.site
        self.ports = functools.cache(self._ports)
        self._of_type = functools.cache(self._speeds)

    def ref(self, end: CableEnd) -> str:
        """Return the device type at an end; a rack PDU has none."""
        return self._declared(end.device)[0]

    def place(self, cable: Cable) -> Place:
        """Return where the first end that is a node or switch says what device it is."""
        site = self._site
        found = (site.nodes.get(end.device) or site.switches.get(end.device) for end in (cable.a, cable.b))
        return next((standing.noun.at("device") for standing in found if standing), Place(""))

    def _ports(self, device: str) -> Mapping[str, int | None]:
        """Return Mbit/s by port; None, or no port, is unknown."""
        return self._of_type(*self._declared(device))

    def _speeds(self, ref: str, lanes: int) -> Mapping[str, int | None]:
        device = self._site.catalogue.device(ref)
        speeds = device.speeds if device else {}
        if lanes == 1:
            return speeds
        return {f"{port}s{n}": speed and speed // lanes for port, speed in speeds.items() for n in range(lanes)}

    def _declared(self, device: str) -> tuple[str, int]:
        node = self._site.nodes.get(device)
        if node is not None:
            return node.noun.device, 1
        switch = self._site.switches.get(device)
        return (switch.noun.device, switch.noun.breakout) if switch is not None else ("a rack PDU", 1)
