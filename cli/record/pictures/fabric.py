"""Fabrics: their tiers, what runs between each two of them, how oversubscribed they are, which ports are used."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable

import msgspec

from gigaworks.inventory.blueprint import Blueprint, Cable, Switch

ORDER = ("core", "spine", "leaf", "node")  # from the top
_LANE = re.compile(r"s\d+$")


class Tier(msgspec.Struct, frozen=True, kw_only=True):
    """Switches of one tier, or the nodes below them.

    ``used`` and ``ports`` count physical ports, broken-out ones once; ``ports`` is None where a type is unknown.
    ``down_mbit_s`` and ``up_mbit_s`` are of all of them together; ``oversubscription`` is that of the worst: what
    enters from below for each bit that can leave upwards, None at the top.
    """

    name: str
    members: list[str]
    devices: list[str]
    used: int
    ports: int | None
    down_mbit_s: int
    up_mbit_s: int
    oversubscription: float | None


class Trunk(msgspec.Struct, frozen=True, kw_only=True):
    """All cables between two tiers; ``pairs`` of devices are joined by ``least`` to ``most`` cables each."""

    upper: str
    lower: str
    cables: int
    pairs: int
    least: int
    most: int
    speeds: list[int]  # Mbit/s
    media: dict[str, int]  # medium → cables
    metres: float  # of all together


class Fabric(msgspec.Struct, frozen=True, kw_only=True):
    """A fabric from the top down; ``joined`` counts the cables between two devices, the upper one first."""

    kind: str
    tiers: list[Tier]
    trunks: list[Trunk]
    networks: list[str]
    joined: list[tuple[str, str, int]]


def fabrics(blueprint: Blueprint) -> dict[str, Fabric]:
    """Return every fabric that has cables or switches, by its kind."""
    kinds = sorted({cable.fabric for cable in blueprint.cables} | {it.fabric for it in blueprint.switches.values()})
    return {kind: _fabric(blueprint, kind) for kind in kinds}


def _fabric(blueprint: Blueprint, kind: str) -> Fabric:
    cables = [cable for cable in blueprint.cables if cable.fabric == kind]
    runs: dict[tuple[str, str], list[Cable]] = defaultdict(list)
    joined: Counter[tuple[str, str]] = Counter()
    down: Counter[str] = Counter()
    up: Counter[str] = Counter()
    for cable in cables:
        a, b = cable.a.device, cable.b.device
        upper, lower = (a, b) if _rank(blueprint, a) <= _rank(blueprint, b) else (b, a)
        tiers = tier_of(blueprint, upper), tier_of(blueprint, lower)
        runs[tiers].append(cable)
        joined[upper, lower] += 1
        if tiers[0] != tiers[1]:
            down[upper] += cable.speed_mbit_s or 0
            up[lower] += cable.speed_mbit_s or 0
    members: dict[str, list[str]] = defaultdict(list)
    for name, switch in blueprint.switches.items():
        if switch.fabric == kind:
            members[switch.tier].append(name)
    wired = {end.device for cable in cables for end in (cable.a, cable.b)}
    members["node"] = [name for name in blueprint.nodes if name in wired]
    return Fabric(
        kind=kind,
        tiers=[_tier(blueprint, name, members[name], cables, down, up) for name in ORDER if members[name]],
        trunks=[
            _trunk(*pair, runs[pair], joined, blueprint)
            for pair in sorted(runs, key=lambda pair: (ORDER.index(pair[0]), ORDER.index(pair[1])))
        ],
        networks=[name for name, network in blueprint.networks.items() if network.kind == kind],
        joined=sorted((upper, lower, cables) for (upper, lower), cables in joined.items()),
    )


def tier_of(blueprint: Blueprint, device: str) -> str:
    """Return the tier of a switch, ``node`` for anything else."""
    switch = blueprint.switches.get(device)
    return switch.tier if switch else "node"


def _rank(blueprint: Blueprint, device: str) -> tuple[int, str]:
    return ORDER.index(tier_of(blueprint, device)), device


def _tier(
    blueprint: Blueprint, name: str, members: list[str], cables: list[Cable], down: Counter[str], up: Counter[str]
) -> Tier:
    if name == "node":
        ports = [end for cable in cables for end in (cable.a, cable.b) if end.device not in blueprint.switches]
        devices = {blueprint.nodes[node].device for node in members}
        nics = sum(sum(nic.fabric == cables[0].fabric for nic in blueprint.nodes[node].nics) for node in members)
        used, have = len(ports), nics or None
    else:
        switches = [blueprint.switches[member] for member in members]
        devices = {switch.device for switch in switches}
        models = [blueprint.device_types.get(switch.device) for switch in switches]
        used = sum(len(physical(switch)) for switch in switches)
        known = all(model and model.ports for model in models)
        have = sum(len(model.ports) for model in models if model) if known else None
    return Tier(
        name=name,
        members=members,
        devices=sorted(devices - {""}),
        used=used,
        ports=have,
        down_mbit_s=sum(down[member] for member in members),
        up_mbit_s=sum(up[member] for member in members),
        oversubscription=max((down[m] / up[m] for m in members if up[m] and down[m]), default=None),
    )


def physical(switch: Switch) -> set[str]:
    """Return a switch's ports that are used, lanes of one broken-out port as one."""
    return {_LANE.sub("", port.name) for port in switch.ports}


def _trunk(
    upper: str, lower: str, cables: list[Cable], joined: Counter[tuple[str, str]], blueprint: Blueprint
) -> Trunk:
    each = [n for (a, b), n in joined.items() if (tier_of(blueprint, a), tier_of(blueprint, b)) == (upper, lower)]
    return Trunk(
        upper=upper,
        lower=lower,
        cables=len(cables),
        pairs=len(each),
        least=min(each),
        most=max(each),
        speeds=sorted({cable.speed_mbit_s for cable in cables if cable.speed_mbit_s}),
        media=_counted(cable.media for cable in cables),
        metres=round(sum(cable.length_m for cable in cables), 1),
    )


def _counted(words: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(words).items()))
