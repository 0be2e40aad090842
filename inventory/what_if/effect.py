"""The effect of a loss: a pure function over a designed site."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gigaworks.inventory.laws.law import Case
from gigaworks.inventory.what_if.state import State, subject_of
from gigaworks.inventory.what_if.things import Lost
from gigaworks.inventory.what_if.throttled import Throttled, throttled


class Degraded(msgspec.Struct, frozen=True, kw_only=True):
    """What holds with less in reserve."""

    subject: str
    detail: str


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a loss does."""

    down: dict[str, str] = {}  # node/…, switch/…, volume/… → why
    racks: list[str] = []  # in which every device is down
    accelerators: int = 0
    kw: float = 0.0  # draw of what is down
    throttled: list[Throttled] = []
    degraded: list[Degraded] = []


def what_if(case: Case, lost: Lost) -> Effect:
    """Return what goes down, what must be throttled and what is degraded when ``lost`` is gone."""
    after = State(case, lost)
    down = {**after.down, **after.volumes_down}
    gone = [device for devices in case.inside.values() for device in devices if subject_of(device) in after.down]
    it = [case.blueprint.nodes[d.name].sku.accelerators for d in gone if d.kind == "node"]
    racks = {key: [subject_of(device) in after.down for device in devices] for key, devices in case.inside.items()}
    dark = [it.device for key in racks if not after.powered(key) for it in case.equipment(key)]
    fitted = sum(device.draw_kw or 0.0 for device in dark)
    over = throttled(after)
    known = {one.subject for one in throttled(State(case, Lost()))} if over else set()
    return Effect(
        down=dict(sorted(down.items())),
        racks=sorted(key for key, down in racks.items() if down and all(down)),
        accelerators=sum(one.count for one in it if one),
        kw=round(sum(device.draw_kw or 0.0 for device in gone) + fitted, 3),
        throttled=[one for one in over if one.subject not in known],
        degraded=sorted(degraded(after), key=lambda one: (one.subject, one.detail)),
    )


def degraded(state: State) -> Iterator[Degraded]:
    """Return what holds with less: feeds, CDU units, links, uplinks, bricks."""
    for key, devices in state.live.items():
        feeds = state.case.site.feeds[key]
        left = [feed for feed in feeds if feed not in state.dark]
        if devices and left and len(left) < len(feeds):
            alone = "alone, nothing in reserve" if len(left) == 1 else f"and {len(feeds) - len(left)} feed is dark"
            yield Degraded(subject=f"rack/{key}", detail=f"runs on {' and '.join(left)} {alone}")
    for key, device in state.case.blueprint.cooling.items():
        lost = state.units_lost(key)
        dark = [feed for feed in device.feeds if feed in state.dark]
        if key not in state.warm and lost:
            spare = f"redundancy {device.redundancy} is spent" if device.redundancy else "there is no redundancy"
            detail = f"runs with {device.units - lost} of {device.units} units; {spare}"
            yield Degraded(subject=f"cooling/{key}", detail=detail)
        if key not in state.warm and dark:
            yield Degraded(subject=f"cooling/{key}", detail=f"its pumps have lost {' and '.join(dark)}")
    yield from _links(state)
    for name, volume in state.case.blueprint.volumes.items():
        if 0 < state.bricks[name] <= volume.parity:
            detail = f"{state.bricks[name]} of {len(volume.servers)} bricks gone; {volume.parity} may be"
            yield Degraded(subject=f"volume/{name}", detail=detail)


def _links(state: State) -> Iterator[Degraded]:
    plugged = _plugged(state)
    for end, (has, had) in state.links.items():
        name, _, fabric = end.partition(" ")
        subject = f"node/{name}" if fabric else f"switch/{name}"
        if subject in state.down or has == had:
            continue
        if fabric:
            yield Degraded(subject=subject, detail=f"{has} of {had} links left in the {fabric} fabric")
        else:
            yield Degraded(
                subject=subject, detail=f"{has} of {had} uplinks left{_oversubscribed(state, name, plugged[name])}"
            )


def _plugged(state: State) -> dict[str, list[tuple[str, int]]]:
    """Return what is plugged into each switch, with the cable's speed in Mbit/s."""
    found: dict[str, list[tuple[str, int]]] = {name: [] for name in state.case.blueprint.switches}
    for cable in state.case.blueprint.cables:
        for here, there in ((cable.a.device, cable.b.device), (cable.b.device, cable.a.device)):
            if here in found:
                found[here].append((there, cable.speed_mbit_s or 0))
    return found


def _oversubscribed(state: State, switch: str, plugged: list[tuple[str, int]]) -> str:
    """Return how much a leaf is oversubscribed now, in words; nothing for what is no leaf."""
    names = state.case.blueprint.switches
    down = up = 0
    for other, speed in plugged:
        live = f"{'switch' if other in names else 'node'}/{other}" not in state.off
        up += speed if live and state.rank(other) > state.rank(switch) else 0
        down += speed if live and state.rank(other) < state.rank(switch) else 0
    fabric = state.case.site.fabrics[state.case.site.switches[switch].within]
    return f", {down / up:.3g}:1; declared is {fabric.oversubscription:g}:1" if up and down else ""
