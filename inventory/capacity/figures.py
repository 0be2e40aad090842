"""What of every shared resource is used and usable, in the terms of the laws that judge it."""

from __future__ import annotations

import math
from collections.abc import Iterator

import msgspec

from gigaworks.inventory.laws.cooling import air_m3_per_hour, hall_air_kw, litres_per_minute
from gigaworks.inventory.laws.feed_loss import moved_loads
from gigaworks.inventory.laws.law import Case
from gigaworks.inventory.laws.network import HEADROOM, addresses_of
from gigaworks.inventory.laws.power import demand_kw, diversity_of


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """One resource under one law; ``usable`` None is a limit that nobody declared."""

    law: str
    subject: str  # kind/key, as in findings
    aspect: str = ""  # what of it, where a law judges a subject more than once
    unit: str = "kW"
    used: float
    usable: float | None

    @property
    def key(self) -> tuple[str, str, str]:
        """What the figure is about: the same resource in another design has the same key."""
        return self.law, self.subject, self.aspect


def figures(case: Case) -> dict[tuple[str, str, str], Figure]:
    """Return the figure of every resource that racks share; those inside a rack are its own affair."""
    found = [*_power(case), *_feed_loss(case), *_whole(case), *_cooling(case), *_air(case), *_network(case)]
    return {figure.key: figure for figure in found}


def _power(case: Case) -> Iterator[Figure]:
    for key, device in case.blueprint.power.items():
        if device.kind == "tap":
            continue
        used = demand_kw(case, key)
        if case.site.power[key].noun.module is not None:
            yield Figure(law="PWR-9", subject=f"power/{key}", used=used, usable=device.usable_kw)
        else:
            yield Figure(law="PWR-6", subject=f"power/{key}", used=used, usable=device.usable_kw)
        if device.redundancy == "2n":
            half = device.usable_kw / 2
            yield Figure(law="PWR-4", subject=f"power/{key}", aspect="half of 2N", used=used, usable=half)


def _feed_loss(case: Case) -> Iterator[Figure]:
    for lost, changes in moved_loads(case).items():
        for key, change in changes.items():
            device = case.blueprint.power[key]
            if key != lost:
                used = (device.load_kw + change) * diversity_of(case, key)
                aspect = f"without {lost}"
                yield Figure(law="PWR-3", subject=f"power/{key}", aspect=aspect, used=used, usable=device.usable_kw)


def _whole(case: Case) -> Iterator[Figure]:
    policy, blueprint = case.site.policy, case.blueprint
    draws = dict.fromkeys(blueprint.halls, 0.0)
    for rack in blueprint.racks.values():
        draws[rack.hall] += rack.draw_kw
    for name, draw in draws.items():
        usable = blueprint.halls[name].it_kw
        yield Figure(law="PWR-6", subject=f"hall/{name}", aspect="IT", used=draw * policy.diversity, usable=usable)
    used = sum(draws.values()) * policy.pue
    yield Figure(law="PWR-11", subject="site", aspect="contract", used=used, usable=blueprint.site.contracted_kw)


def _cooling(case: Case) -> Iterator[Figure]:
    for key, device in case.blueprint.cooling.items():
        noun = case.site.cooling[key].noun
        delta = noun.delta
        flow = device.flow_l_min if delta is not None else None
        need = litres_per_minute(device.load_kw, delta, noun.fluid) if delta is not None else device.load_kw
        unit = "L/min" if delta is not None else "kW"
        if device.kind == "fws":
            yield Figure(law="COOL-1", subject=f"cooling/{key}", aspect="flow", unit=unit, used=need, usable=flow)
            continue
        yield Figure(law="COOL-4", subject=f"cooling/{key}", used=device.load_kw, usable=device.capacity_kw)
        if flow is not None:
            yield Figure(law="COOL-4", subject=f"cooling/{key}", aspect="flow", unit=unit, used=need, usable=flow)


def _air(case: Case) -> Iterator[Figure]:
    for name, heat in hall_air_kw(case).items():
        noun = case.site.halls[name]
        yield Figure(law="COOL-2", subject=f"hall/{name}", aspect="air", used=heat, usable=noun.air_cooling)
        if noun.airflow is not None and noun.air_delta:
            need = air_m3_per_hour(heat, noun.air_delta)
            subject = f"hall/{name}"
            yield Figure(law="COOL-3", subject=subject, aspect="airflow", unit="m3/h", used=need, usable=noun.airflow)


def _network(case: Case) -> Iterator[Figure]:
    for name, network in case.site.networks.items():
        inside = network.gateway is not None and network.gateway in network.prefix
        usable = math.floor(network.prefix.num_addresses * (1 - HEADROOM)) - 2 - inside  # network, broadcast, gateway
        used = len(addresses_of(case, network.kind))
        yield Figure(law="NET-8", subject=f"network/{name}", unit="addresses", used=used, usable=usable)
    for name, fabric in case.site.fabrics.items():
        leaves = [s.name for s in case.site.switches.values() if s.within == name and s.noun.tier == "leaf"]
        wired = [case.wired[leaf] for leaf in leaves]
        down, up = sum(w.down for w in wired), sum(w.up for w in wired)
        if fabric.links is not None:
            room = math.floor(fabric.links.num_addresses * (1 - HEADROOM))
            used = 2 * (down + up) - 1
            yield Figure(law="NET-8", subject=f"network/{name}", unit="addresses", used=used, usable=room)
        have = sum(len(case.ports(leaf)) for leaf in leaves) - up
        subject = f"fabric/{name}"
        yield Figure(law="NET-5", subject=subject, aspect="ports", unit="ports", used=down, usable=have)
        if up:
            carried = sum(w.up_mbit for w in wired) * fabric.oversubscription / 1000
            need = sum(w.down_mbit for w in wired) / 1000
            yield Figure(law="NET-3", subject=subject, aspect="uplinks", unit="Gbit/s", used=need, usable=carried)
