"""In which order nodes change: stages, a canary, growing phases. Pure: the same input gives the same phases."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from gigaworks.inventory.blueprint import Blueprint, Node, Policy
from gigaworks.inventory.fleet.record import NodeRecord, State
from gigaworks.inventory.fleet.states import PATH, next_state
from gigaworks.inventory.problem import Problem, Refused

TYPICAL_S: dict[State, float] = {  # what a state took on the lab's machines; Nodes.typical_s() knows the site's own
    "expected": 3,
    "discovered": 1,
    "verified": 35,
    "installed": 40,
    "configured": 40,
    "accepted": 1,
}
_UNHEALTHY: frozenset[State] = frozenset({"failed", "quarantined", "drain", "repair"})


class Phase(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes that change together; the next phase begins when the gate lets it."""

    number: int  # from 1, over all stages
    stage: int
    canary: bool
    nodes: list[str]
    racks: list[str]
    power_on_kw: float  # what comes on in this phase, as far as it is known
    power_on_after_s: dict[str, float]  # node → seconds after the phase's beginning; nodes that are on are left out


def plan_waves(
    nodes: Iterable[str], blueprint: Blueprint, records: Mapping[str, NodeRecord], policy: Policy
) -> list[Phase]:
    """Return the phases in which the named nodes change.

    Every stage starts with ``policy.canary`` nodes; each phase is at most ``wave_growth`` times the one before and
    at most ``max_parallel`` less the unhealthy nodes that are not among those to change (but never less than one).
    No two racks of one phase share a failure domain; a domain that all racks of the site share separates nothing
    and is left out. What a phase powers on fits what each feeder and rack PDU still has, the inrush of one node at a
    time with it (PWR-12); a node whose draw is unknown comes on alone behind its feeders.

    Raises:
        Refused: powering on one node alone would overload a feeder.
    """
    wanted = sorted((blueprint.nodes[name] for name in set(nodes)), key=lambda node: (node.rack, node.name))
    named = {node.name for node in wanted}
    unhealthy = sum(record.state in _UNHEALTHY for name, record in records.items() if name not in named)
    budget = max(1, policy.max_parallel - unhealthy)
    feeders = _Feeders(blueprint, records, policy)
    domains = _domains(blueprint)
    phases: list[Phase] = []
    for stage in sorted({blueprint.profiles[node.profile].stage for node in wanted}):
        left = [node for node in wanted if blueprint.profiles[node.profile].stage == stage]
        size = min(policy.canary, budget)
        canary = len(left) > size
        while left:
            chosen = _choose(left, size, domains, feeders)
            phases.append(_phase(len(phases) + 1, stage, canary, chosen, feeders))
            feeders.power_on(chosen)
            taken = {node.name for node in chosen}
            left = [node for node in left if node.name not in taken]
            size = min(len(chosen) * policy.wave_growth, budget)
            canary = False
    return phases


def gate(results: Mapping[str, bool], fail_percent: float) -> bool:
    """Return whether the next phase may begin: at most ``fail_percent`` of this one's nodes failed (node → success)."""
    return sum(not good for good in results.values()) * 100 <= fail_percent * len(results)


def forecast_s(
    phases: Iterable[Phase], records: Mapping[str, NodeRecord], typical_s: Mapping[State, float] = TYPICAL_S
) -> float:
    """Return about how many seconds the phases take: each as long as its slowest node, at that state's usual pace."""
    return sum(
        max(phase.power_on_after_s.get(name, 0.0) + _left_s(records.get(name), typical_s) for name in phase.nodes)
        for phase in phases
    )


def powered(record: NodeRecord | None) -> bool:
    """Return whether the fleet has powered this node on, as far as its record says."""
    return record is not None and bool(record.installed_image or record.marks.get("cycled"))


def ramps_behind(blueprint: Blueprint, node: Node) -> list[str]:
    """Return the feeders of a node's rack and the CDU group that cools it: behind each, power-ons come one by one."""
    cdu = node.failure_domains.get("cdu")
    return [*blueprint.racks[node.rack].feeds, *([f"cooling/{cdu}"] if cdu else [])]


class _Feeders:
    """The load of every feeder and rack PDU (kW) as nodes come on one after another."""

    def __init__(self, blueprint: Blueprint, records: Mapping[str, NodeRecord], policy: Policy) -> None:
        self._blueprint = blueprint
        self._inrush, self._ramp_s = policy.inrush, policy.ramp_s
        self._shares = {name: self._shares_of(node) for name, node in blueprint.nodes.items()}
        self.off = {name for name in blueprint.nodes if not powered(records.get(name))}
        self.limit = {key: device.usable_kw for key, device in blueprint.power.items()}
        self.limit |= {pdu.name: pdu.limit_kw for pdu in blueprint.pdus.values() if pdu.limit_kw is not None}
        self.where = {key: device.where for key, device in blueprint.power.items()}
        whole: dict[str, float] = defaultdict(float)
        idle: dict[str, float] = defaultdict(float)
        for name, shares in self._shares.items():
            for key, kw in self.draws(name, shares):
                whole[key] += kw
                idle[key] += kw if name in self.off else 0.0
        self.load = {key: whole[key] - idle[key] for key in self.limit}
        self._diversity: dict[str, float] = {}  # the part of its nodes' draw that the design counts on a feeder
        for key, device in blueprint.power.items():  # its load has also what is no node and always on
            self._diversity[key] = min(1.0, device.load_kw / whole[key]) if whole[key] else 1.0
            self.load[key] = device.load_kw - self._diversity[key] * idle[key]

    def draws(self, name: str, shares: Mapping[str, float] | None = None) -> list[tuple[str, float]]:
        """Return (feeder, kW) of one node; an unknown draw is 0 here and kept alone by ``fits``."""
        draw = self._blueprint.nodes[name].draw_kw or 0.0
        return [(key, draw * share) for key, share in (shares or self._shares[name]).items() if key in self.limit]

    def fits(self, phase: list[Node], node: Node) -> bool:
        """Return whether the node may come on together with the phase so far."""
        if node.name not in self.off:
            return True
        coming = [each.name for each in phase if each.name in self.off]
        unknown = {each.name for each in (*phase, node) if each.draw_kw is None}
        mine = set(self._shares[node.name])
        if any(mine & set(self._shares[name]) for name in coming if unknown & {name, node.name}):
            return False
        added: dict[str, float] = defaultdict(float)
        largest: dict[str, float] = defaultdict(float)
        for name in (*coming, node.name):
            for key, kw in self.draws(name):
                added[key] += kw
                largest[key] = max(largest[key], kw)
        return all(
            self.load[key] + added[key] + (self._inrush - 1) * largest[key] <= self.limit[key] + 1e-9
            for key, _ in self.draws(node.name)
        )

    def refuse(self, node: Node) -> Refused:
        """Explain which feeder the node alone would overload."""
        draws = {key: kw * self._inrush for key, kw in self.draws(node.name)}
        key = max(draws, key=lambda key: self.load[key] + draws[key] - self.limit[key])
        return Refused(
            Problem(
                "power-on would overload a feeder",
                f"{node.name} on {key}: {self.load[key]:.1f} kW are on, {draws[key]:.1f} kW come, "
                f"{self.limit[key]:.1f} kW are usable",
                f"give {key} more capacity or take load off it ({self.where.get(key) or 'rack PDU'})",
                id="PWR-12",
                subject=node.name,
            )
        )

    def power_on(self, nodes: Iterable[Node]) -> None:
        """Take the nodes as running from now on."""
        for node in nodes:
            if node.name in self.off:
                self.off.discard(node.name)
                for key, kw in self.draws(node.name):
                    self.load[key] += kw * self._diversity.get(key, 1.0)

    def ramp_s(self, nodes: Iterable[Node]) -> dict[str, float]:
        """Return when each node that is off comes on: one at a time behind every feeder and CDU, the ramp apart."""
        turns: dict[str, int] = {}
        after: dict[str, float] = {}
        for node in nodes:
            if node.name in self.off:
                behind = [*self._shares[node.name], *ramps_behind(self._blueprint, node)]
                turn = max((turns.get(key, 0) for key in behind), default=0)
                after[node.name] = turn * self._ramp_s
                turns |= dict.fromkeys(behind, turn + 1)
        return after

    def _shares_of(self, node: Node) -> dict[str, float]:
        """Return the part of a node's draw that each feeder above it carries while all feeds are up."""
        shares: dict[str, float] = defaultdict(float)
        pdus = [outlet.rpartition("/")[0] for outlet in node.outlets]
        feeds = [self._blueprint.pdus[pdu].feed for pdu in pdus] or self._blueprint.racks[node.rack].feeds
        front: dict[str, float] = defaultdict(float)
        for key in feeds:
            front[key] += 1 / len(feeds)
        for pdu in pdus:
            shares[pdu] += 1 / len(pdus)
        while front:
            above: dict[str, float] = defaultdict(float)
            for key, share in front.items():
                shares[key] += share
                parents = self._blueprint.power[key].parents
                for parent in parents:
                    above[parent] += share / len(parents)
            front = above
        return shares


def _domains(blueprint: Blueprint) -> dict[str, set[tuple[str, str]]]:
    """Return the failure domains of every node as (kind, name), without those that all racks share."""
    found = {
        name: {(kind.split("-")[0], domain) for kind, domain in node.failure_domains.items()}
        for name, node in blueprint.nodes.items()
    }
    racks: dict[tuple[str, str], set[str]] = defaultdict(set)
    for name, domains in found.items():
        for domain in domains:
            racks[domain].add(blueprint.nodes[name].rack)
    count = len({node.rack for node in blueprint.nodes.values()})
    everywhere = {domain for domain, where in racks.items() if len(where) == count}
    return {name: domains - everywhere for name, domains in found.items()}


def _choose(left: list[Node], size: int, domains: Mapping[str, set[tuple[str, str]]], feeders: _Feeders) -> list[Node]:
    chosen: list[Node] = []
    taken: dict[tuple[str, str], str] = {}  # failure domain → the rack that has it in this phase
    for node in left:
        if len(chosen) == size:
            break
        mine = domains[node.name]
        if all(taken.get(domain, node.rack) == node.rack for domain in mine) and feeders.fits(chosen, node):
            chosen.append(node)
            taken |= dict.fromkeys(mine, node.rack)
    if not chosen:
        raise feeders.refuse(left[0])
    return chosen


def _phase(number: int, stage: int, canary: bool, nodes: list[Node], feeders: _Feeders) -> Phase:
    return Phase(
        number=number,
        stage=stage,
        canary=canary,
        nodes=[node.name for node in nodes],
        racks=sorted({node.rack for node in nodes}),
        power_on_kw=round(sum(node.draw_kw or 0.0 for node in nodes if node.name in feeders.off), 3),
        power_on_after_s=feeders.ramp_s(nodes),
    )


def _left_s(record: NodeRecord | None, typical_s: Mapping[State, float]) -> float:
    state = record.state if record else "expected"
    if record and state == "failed":
        state = record.stood
    if state == "drain":
        state = "installed"
    seconds = 0.0
    while state in PATH[:-1]:
        seconds += typical_s.get(state, TYPICAL_S[state])
        state = next_state(state)
    return seconds
