"""The order in which nodes change: what a phase may hold, for any site that fits the words."""

from __future__ import annotations

from itertools import combinations, pairwise
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.inventory.blueprint import Blueprint, Node, Policy, Profile
from gigaworks.inventory.fleet.record import NodeRecord, State
from gigaworks.inventory.fleet.waves import Phase, forecast_s, gate, plan_waves
from gigaworks.inventory.problem import Refused


def test_the_lab_comes_up_in_a_few_phases(blueprint: Blueprint) -> None:
    """Storage and services first, a canary where more follow in its stage, then the rest: at most five phases."""
    phases = plan_waves(blueprint.nodes, blueprint, {}, blueprint.policy)
    assert len(phases) <= 5
    assert sorted(name for phase in phases for name in phase.nodes) == sorted(blueprint.nodes)
    assert [phase.number for phase in phases] == list(range(1, len(phases) + 1))
    for stage in {phase.stage for phase in phases}:
        mine = [phase for phase in phases if phase.stage == stage]
        assert [phase.canary for phase in mine] == [len(mine) > 1, *[False] * (len(mine) - 1)]
        assert len(mine[0].nodes) <= blueprint.policy.canary
    last = {name for phase in phases if phase.stage == max(p.stage for p in phases) for name in phase.nodes}
    assert not any(name.startswith(("sto-", "svc-")) for name in last)
    assert plan_waves(reversed(list(blueprint.nodes)), blueprint, {}, blueprint.policy) == phases


def test_power_comes_on_one_node_at_a_time_behind_a_feeder(blueprint: Blueprint) -> None:
    """Nodes that share a PDU start apart; nodes that are on already are not in the ramp."""
    names = ["gpu-01-n1", "gpu-01-n2"]
    policy = msgspec.structs.replace(blueprint.policy, canary=2)
    (phase,) = plan_waves(names, blueprint, {}, policy)
    assert phase.power_on_after_s == {"gpu-01-n1": 0.0, "gpu-01-n2": 1.0}
    assert phase.power_on_kw == pytest.approx(2.8)
    running = {"gpu-01-n1": NodeRecord(name="gpu-01-n1", state="in service", installed_image="i")}
    (phase,) = plan_waves(names, blueprint, running, policy)
    assert phase.power_on_after_s == {"gpu-01-n2": 0.0}
    assert phase.power_on_kw == pytest.approx(1.4)


def limited(blueprint: Blueprint, kw: float) -> Blueprint:
    """Return the site with one PDU of the GPU rack limited."""
    pdu = msgspec.structs.replace(blueprint.pdus["gpu-01-pdu-a"], limit_kw=kw)
    return msgspec.structs.replace(blueprint, pdus={**blueprint.pdus, "gpu-01-pdu-a": pdu})


def test_a_power_on_that_no_order_can_make_fit_is_refused_with_its_figures(blueprint: Blueprint) -> None:
    """PWR-12 names the node, the feeder, what is on, what comes and what is usable."""
    with pytest.raises(Refused) as caught:
        plan_waves(["gpu-01-n1"], limited(blueprint, 0.6), {}, blueprint.policy)
    assert caught.value.problems[0].id == "PWR-12"
    assert "gpu-01-n1 on gpu-01-pdu-a: 0.0 kW are on, 0.7 kW come, 0.6 kW are usable" in str(caught.value)


def test_what_does_not_fit_beside_what_is_on_is_refused(blueprint: Blueprint) -> None:
    """Both nodes together carry the PDU over its limit, in one phase or in two."""
    with pytest.raises(Refused, match=r"0\.7 kW are on, 0\.7 kW come, 1\.3 kW are usable"):
        plan_waves(["gpu-01-n1", "gpu-01-n2"], limited(blueprint, 1.3), {}, blueprint.policy)


def test_a_phase_is_cut_where_a_feeder_is_full(blueprint: Blueprint) -> None:
    """The design counts on diversity (half of the draw at a time), a power-on does not: the nodes come on in turn."""
    like = blueprint.nodes["gpu-01-n1"]
    nodes = {name: msgspec.structs.replace(like, name=name, draw_kw=4.0, outlets=[]) for name in ("n1", "n2")}
    device = msgspec.structs.replace(blueprint.power["h1/busway-a"], usable_kw=3.0, load_kw=2.0)
    tight = msgspec.structs.replace(blueprint, nodes=nodes, power={**blueprint.power, "h1/busway-a": device})
    policy = msgspec.structs.replace(blueprint.policy, canary=2)
    phases = plan_waves(nodes, tight, {}, policy)
    assert [phase.nodes for phase in phases] == [["n1"], ["n2"]]


def test_a_node_of_unknown_draw_comes_on_alone_behind_its_feeders(blueprint: Blueprint) -> None:
    """Unknown is not zero: nothing else of the same feeder starts with it."""
    nodes = {
        name: msgspec.structs.replace(node, draw_kw=None) if name == "gpu-01-n2" else node
        for name, node in blueprint.nodes.items()
    }
    policy = msgspec.structs.replace(blueprint.policy, canary=2)
    phases = plan_waves(["gpu-01-n1", "gpu-01-n2"], msgspec.structs.replace(blueprint, nodes=nodes), {}, policy)
    assert [phase.nodes for phase in phases] == [["gpu-01-n1"], ["gpu-01-n2"]]


def test_the_gate_counts_failures_against_the_phase() -> None:
    """One of ten is within ten percent, one of nine is not, and a failed canary stops everything."""
    assert gate({str(n): n != 0 for n in range(10)}, 10)
    assert not gate({str(n): n != 0 for n in range(9)}, 10)
    assert not gate({"canary": False}, 10)
    assert gate({"canary": True}, 0)


def test_the_forecast_takes_the_slowest_node_of_each_phase() -> None:
    """Phases add up, nodes of a phase do not, and only what a node still has before it counts."""
    phases = [
        Phase(number=1, stage=1, canary=True, nodes=["a"], racks=[], power_on_kw=0, power_on_after_s={}),
        Phase(number=2, stage=1, canary=False, nodes=["b", "c"], racks=[], power_on_kw=0, power_on_after_s={"b": 5.0}),
    ]
    records = {
        "b": NodeRecord(name="b", state="accepted"),
        "c": NodeRecord(name="c", state="failed", stood="configured"),
    }
    typical: dict[State, float] = dict.fromkeys(get_args(State), 10.0)
    assert forecast_s(phases, records, typical) == 60 + 20


KINDS = ("cdu", "feed", "leaf-1")


@st.composite
def sites(draw: st.DrawFn, base: Blueprint) -> tuple[Blueprint, list[str], dict[str, NodeRecord], Policy]:
    """Return a site of up to 24 nodes with any failure domains, stages, states and policy."""
    racks = [f"h1/r{number}" for number in range(draw(st.integers(1, 6)))]
    domains = {
        rack: {kind: draw(st.sampled_from(["x", "y", "z"])) for kind in KINDS if draw(st.booleans())} for rack in racks
    }
    like = base.nodes["svc-01-n1"]
    nodes: dict[str, Node] = {}
    for number in range(draw(st.integers(1, 24))):
        rack = draw(st.sampled_from(racks))
        name = f"n{number:02}"
        nodes[name] = msgspec.structs.replace(
            like,
            name=name,
            rack=rack,
            outlets=[],
            profile=draw(st.sampled_from(["one", "two"])),
            draw_kw=draw(st.sampled_from([None, 0.5, 2.0])),
            failure_domains={"rack": rack, **domains[rack]},
        )
    rack_like = base.racks[like.rack]
    site = msgspec.structs.replace(
        base,
        nodes=nodes,
        racks=dict.fromkeys(racks, rack_like),
        profiles={"one": Profile(name="one", roles=[], stage=1), "two": Profile(name="two", roles=[], stage=2)},
    )
    states: list[State] = ["expected", "in service", "failed", "quarantined", "drain"]
    records = {
        name: NodeRecord(
            name=name, state=draw(st.sampled_from(states)), installed_image=draw(st.sampled_from([None, "i"]))
        )
        for name in nodes
        if draw(st.booleans())
    }
    wanted = draw(st.lists(st.sampled_from(sorted(nodes)), unique=True))
    policy = Policy(
        canary=draw(st.integers(1, 3)), wave_growth=draw(st.integers(1, 4)), max_parallel=draw(st.integers(1, 12)),
        inrush=draw(st.sampled_from([1.0, 1.5, 8.0])), ramp_s=draw(st.sampled_from([0.5, 1.0, 2.0])),
    )  # fmt: skip
    return site, wanted, records, policy


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_every_plan_of_phases_keeps_its_promises(blueprint: Blueprint, data: st.DataObject) -> None:
    """Every node once, stages in order, canary, growth, budget, failure domains, feeders: for any site at all."""
    site, wanted, records, policy = data.draw(sites(blueprint))
    phases = plan_waves(wanted, site, records, policy)
    assert sorted(name for phase in phases for name in phase.nodes) == sorted(wanted)
    assert [phase.stage for phase in phases] == sorted(phase.stage for phase in phases)
    for phase in phases:
        assert all(site.profiles[site.nodes[name].profile].stage == phase.stage for name in phase.nodes)
    unhealthy = sum(
        record.state in {"failed", "quarantined", "drain", "repair"}
        for name, record in records.items()
        if name not in wanted
    )
    assert all(1 <= len(phase.nodes) <= max(1, policy.max_parallel - unhealthy) for phase in phases)
    for before, after in pairwise(phases):
        first = before.stage != after.stage
        assert len(after.nodes) <= (policy.canary if first else policy.wave_growth * len(before.nodes))
        assert first or not after.canary
    assert all(len(phase.nodes) <= policy.canary for phase in phases[:1])
    all_racks = {node.rack for node in site.nodes.values()}
    for phase in phases:
        for one, other in combinations((site.nodes[name] for name in phase.nodes), 2):
            if one.rack == other.rack:
                continue
            shared = set(one.failure_domains.items()) & set(other.failure_domains.items())
            for domain in shared:
                holders = {n.rack for n in site.nodes.values() if domain in n.failure_domains.items()}
                assert holders == all_racks, "a domain that only some racks have may not be hit twice"
    _feeders_hold(site, phases, records, policy)


def _feeders_hold(site: Blueprint, phases: list[Phase], records: dict[str, NodeRecord], policy: Policy) -> None:
    """Check PWR-12 the plain way for the first feeds of the racks: what comes on fits, while it starts as well.

    Nothing behind one feed starts within the ramp of another.
    """
    on = {name for name, record in records.items() if record.installed_image}
    for phase in phases:
        coming = [name for name in phase.nodes if name not in on]
        assert set(phase.power_on_after_s) == set(coming)
        unknown = [name for name in coming if site.nodes[name].draw_kw is None]
        assert len(coming) == 1 or not unknown, "all these racks have the same feeds"
        for feed in next(iter(site.racks.values())).feeds:
            shares = [(site.nodes[name].draw_kw or 0) / 2 for name in coming]
            surge = (policy.inrush - 1) * max(shares, default=0)
            assert sum(shares) + surge <= site.power[feed].usable_kw + 1e-6
        starts = sorted(phase.power_on_after_s.values())
        assert all(later - before >= policy.ramp_s - 1e-9 for before, later in pairwise(starts))
        on |= set(phase.nodes)
