"""Stranded capacity: kW that are there on paper and that nothing can ever draw."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from gigaworks.inventory.design.power import tap_name
from gigaworks.inventory.laws.law import Case, Standing, kw


class Stranded(msgspec.Struct, frozen=True, kw_only=True):
    """What of a rack's or a feed's kW can never be used; ``kw`` None is unknown."""

    subject: str
    kw: float | None
    of_kw: float
    why: str


def stranded(case: Case) -> list[Stranded]:
    """Return every rack and every feed with kW that cannot be used, or of which nobody can say it."""
    found = [*_racks(case), *_feeds(case)]
    return [it for it in found if it.kw is None or round(it.kw, 3) > 0]


def _racks(case: Case) -> Iterator[Stranded]:
    """Yield max kW less what its feeds can give with the worst one lost, or less what its units leave room for."""
    for key, rack in case.blueprint.racks.items():
        devices = case.inside[key]
        if not devices or not rack.feeds:
            continue
        path = _path_kw(case, key)
        units, why = _units_kw(devices, rack.height)
        if path < rack.max_kw and (units is None or path <= units):
            lost = " with one lost" if len(rack.feeds) > 1 else ""
            why = f"its feeds give at most {kw(path)}{lost}"
            yield Stranded(subject=f"rack/{key}", kw=rack.max_kw - path, of_kw=rack.max_kw, why=why)
        elif units is None or units < rack.max_kw:
            left = None if units is None else rack.max_kw - units
            yield Stranded(subject=f"rack/{key}", kw=left, of_kw=rack.max_kw, why=why)


def _path_kw(case: Case, rack: str) -> float:
    """Return what a rack's feeds can give: with any one of several lost, the others carry alike."""
    feeds = case.site.feeds[rack]
    taps = {feed: case.blueprint.power[tap_name(rack, n)].usable_kw for n, feed in enumerate(feeds)}
    give = {feed: min(tap, _give_kw(case, feed)) for feed, tap in taps.items()}
    if len(feeds) == 1:
        return give[feeds[0]]
    return min((len(feeds) - 1) * min(give[feed] for feed in feeds if feed != lost) for lost in feeds)


def _give_kw(case: Case, key: str, depth: int = 0) -> float:
    """Return the most that a power device can give: what it carries, and what all above it can give."""
    own = case.blueprint.power[key].usable_kw
    parents = case.site.parents[key] if depth < 20 else []  # a circle ends after 20 steps; law PWR-7 names it
    return min(own, sum(_give_kw(case, parent, depth + 1) for parent in parents)) if parents else own


def _units_kw(devices: list[Standing], height: float) -> tuple[float | None, str]:
    """Return what a rack draws once its free units are filled with the device in it that draws most, and why."""
    unknown = sorted({device.device.ref for device in devices if device.draw_kw is None})
    if unknown:
        return None, f"nobody says what these draw: {', '.join(unknown)}"
    largest = max((device for device in devices), key=lambda device: (device.draw_kw or 0, device.name))
    need = int(largest.designed.height)
    draw = sum(device.draw_kw or 0 for device in devices)
    if not need:
        return draw, ""
    taken = {int(d.designed.position) + n for d in devices for n in range(int(d.designed.height))}
    room = run = 0
    for unit in range(1, int(height) + 1):
        run = 0 if unit in taken else run + 1
        if run == need:
            room, run = room + 1, 0
    return draw + room * (largest.draw_kw or 0), f"its units have room for {room} more {largest.device.ref}"


def _feeds(case: Case) -> Iterator[Stranded]:
    """Yield what a feed carries, less what all above it can give and less the IT power of its hall."""
    for key in sorted({feed for rack in case.blueprint.racks for feed in case.site.feeds[rack]}):
        device = case.blueprint.power[key]
        give = _give_kw(case, key)
        hall = case.blueprint.halls[device.hall].it_kw if device.hall else give
        if give < device.usable_kw or hall < device.usable_kw:
            why = f"above it are {kw(give)}" if give <= hall else f"hall {device.hall} has {kw(hall)} of IT power"
            left = device.usable_kw - min(give, hall)
            yield Stranded(subject=f"power/{key}", kw=left, of_kw=device.usable_kw, why=why)
