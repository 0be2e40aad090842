"""What survives a loss and exceeds a limit then, and the power cap under which it would not."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import msgspec

from gigaworks.inventory.catalog.catalogue import Device
from gigaworks.inventory.design.cooling import liquid_share
from gigaworks.inventory.design.power import sum_up, tap_name
from gigaworks.inventory.laws.cooling import litres_per_minute
from gigaworks.inventory.laws.feed_loss import feed_loads, supplies_left
from gigaworks.inventory.laws.law import Case, Standing
from gigaworks.inventory.laws.power import ancestors, diversity_of
from gigaworks.inventory.what_if.state import State, subject_of


class Throttled(msgspec.Struct, frozen=True, kw_only=True):
    """What survives and exceeds a limit; ``cap_kw`` is the power cap of its largest node under which it holds."""

    subject: str
    needs: float
    has: float
    unit: str = "kW"
    nodes: list[str] = []  # that a cap would have to reach
    cap_kw: float | None = None  # None: no cap of nodes is enough


def throttled(state: State) -> list[Throttled]:
    """Return what exceeds a limit: power supplies, shelves, taps, what lies above them, cooling groups, hall air."""
    look = _Look(state)
    return [*look.supplies(), *look.shelves(), *look.power(), *look.cooling(), *look.air()]


@dataclass(frozen=True)
class _Look:
    state: State

    @property
    def case(self) -> Case:
        return self.state.case

    def supplies(self) -> Iterator[Throttled]:
        for devices in self.state.live.values():
            for device in devices:
                left = supplies_left(device, self.state.dark)
                needed = device.device.overlay.psus_needed
                if device.draw_kw is None or len(left) == len(device.device.type.power_ports):
                    continue
                known = all(port.maximum_draw for port in left) and "supplies" not in device.device.overlay.unknown
                gives = sum(port.maximum_draw or 0 for port in left) / 1000
                if needed is not None and len(left) < needed:
                    yield Throttled(subject=subject_of(device), needs=needed, has=len(left), unit="power supplies")
                elif known and gives < device.draw_kw:
                    yield _over(subject_of(device), device.draw_kw, gives, [device])

    def shelves(self) -> Iterator[Throttled]:
        for key, devices in self.state.live.items():
            feeds, rack_type = self.case.site.feeds[key], self.case.blueprint.racks[key].type
            found = self.case.site.catalogue.rack(rack_type)
            shelves = found[1].shelves if found else None
            if shelves is not None and not self.state.dark.isdisjoint(feeds):
                left = sum(feeds[n % len(feeds)] not in self.state.dark for n in range(shelves.count))
                fixed = self._fixed_kw([key])
                draw = fixed + sum(device.draw_kw or 0.0 for device in devices)
                if round(draw, 6) > left * shelves.rating:
                    yield _over(f"rack/{key}", draw, left * shelves.rating, devices, fixed)

    def power(self) -> Iterator[Throttled]:
        own: dict[str, float] = defaultdict(float)
        on: dict[str, list[str]] = defaultdict(list)  # feed → racks that draw from it
        for key, devices in self.state.live.items():
            off = {device.name for device in self.case.inside[key]} - {device.name for device in devices}
            loads = feed_loads(self.case, key, self.state.dark, off) if self.state.powered(key) else {}
            for n, feed in enumerate(self.case.site.feeds[key]):
                load, usable = loads.get(feed, 0.0), self.case.blueprint.power[tap_name(key, n)].usable_kw
                own[feed] += load
                on[feed] += [key] if load else []
                if round(load, 6) > usable:
                    yield _over(f"power/{tap_name(key, n)}", load, usable, devices, self._fixed_kw([key]))
        parents = {k: [p for p in above if p not in self.state.dark] for k, above in self.case.site.parents.items()}
        total = sum_up(parents, own)
        for key in self.case.site.power:
            usable = self.case.blueprint.power[key].usable_kw
            load = total.get(key, 0.0) * diversity_of(self.case, key)
            if key not in self.state.dark and round(load, 6) > usable:
                racks = {rack for feed in on if key in ancestors(parents, feed) | {feed} for rack in on[feed]}
                devices = [device for rack in sorted(racks) for device in self.state.live[rack]]
                yield _over(f"power/{key}", load, usable, devices, self._fixed_kw(racks))

    def cooling(self) -> Iterator[Throttled]:
        for key, device in self.case.blueprint.cooling.items():
            noun, lost = self.case.site.cooling[key].noun, self.state.units_lost(key)
            if key in self.state.warm or device.kind == "fws" or not lost:
                continue
            racks = [rack for rack in self.state.live if self.state.cooled_by(rack) == key]
            devices = [d for rack in racks for d in self.state.live[rack] if d.device.liquid_share]
            heat = sum(self._heat_kw(rack)[0] for rack in racks)
            left, fixed = device.units - lost, self._fixed_kw(racks)
            if noun.capacity is not None and round(heat, 6) > noun.capacity * left:
                yield _over(f"cooling/{key}", heat, noun.capacity * left, devices, fixed)
            elif noun.flow is not None and noun.delta:
                need = litres_per_minute(heat, noun.delta, noun.fluid)
                if round(need, 6) > noun.flow * left:
                    yield _over(f"cooling/{key}", need, noun.flow * left, devices, fixed, "L/min")

    def air(self) -> Iterator[Throttled]:
        # rear doors that are gone leave their heat to the hall
        for name, hall in self.case.blueprint.halls.items():
            racks = [key for key in self.state.live if self.case.blueprint.racks[key].hall == name]
            heat = sum(self._heat_kw(rack)[1] for rack in racks) if hall.air_kw is not None else 0.0
            if hall.air_kw is not None and round(heat, 6) > hall.air_kw:
                devices = [device for rack in racks for device in self.state.live[rack]]
                yield _over(f"hall/{name}", heat, hall.air_kw, devices, self._fixed_kw(racks))

    def _heat_kw(self, rack: str) -> tuple[float, float]:
        """Return what liquid takes of a rack's heat, and what air does."""
        draws = [(device.device, device.draw_kw or 0.0) for device in self.state.live[rack]]
        draws += [(device, device.draw_kw or 0.0) for device in self._fitted(rack)]
        gone = self.state.cooled_by(rack) in self.state.warm
        liquid = sum(
            draw * (device.liquid_share if gone else liquid_share(self.case.site, rack, device))
            for device, draw in draws
        )
        return liquid, sum(draw for _, draw in draws) - liquid

    def _fitted(self, rack: str) -> list[Device]:
        """Return what a rack holds because of its type, while that has power: no cap reaches it."""
        return [it.device for it in self.case.equipment(rack)] if self.state.powered(rack) else []

    def _fixed_kw(self, racks: Iterable[str]) -> float:
        return sum(device.draw_kw or 0.0 for rack in racks for device in self._fitted(rack))


def _over(
    subject: str, needs: float, has: float, devices: list[Standing], fixed_kw: float = 0.0, unit: str = "kW"
) -> Throttled:
    """Return an excess with the power cap under which the nodes among ``devices`` would stay below it.

    What is to be cut is the excess's part of all that they draw: heat, flow and load grow with the draw.
    """
    draws = {device.name: device.draw_kw or 0.0 for device in devices if device.kind == "node"}
    cut = (needs - has) / needs * (fixed_kw + sum(device.draw_kw or 0.0 for device in devices))
    cap = _cap_kw(sorted(draws.values(), reverse=True), cut)
    nodes = sorted(name for name, draw in draws.items() if cap is None or draw > cap)
    return Throttled(subject=subject, needs=round(needs, 3), has=round(has, 3), unit=unit, nodes=nodes, cap_kw=cap)


def _cap_kw(draws: list[float], cut: float) -> float | None:
    """Return the cap under which ``draws``, the largest first, sum to ``cut`` kW less; rounded down to 10 W."""
    for number in range(1, len(draws) + 1):
        cap = (sum(draws[:number]) - cut) / number
        if cap > 0 and (number == len(draws) or cap >= draws[number]):
            return math.floor(cap * 100) / 100
    return None
