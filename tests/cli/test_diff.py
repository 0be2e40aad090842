"""The difference of two sites: what a person wants to know, nothing else, the same both ways."""

from __future__ import annotations

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.cli.record.diff import Difference, compare
from gigaworks.inventory.blueprint import Blueprint
from tests.cli import sample


def test_the_same_site_does_not_differ() -> None:
    """Two designs of one site have an empty difference."""
    assert compare(sample.blueprint(), sample.blueprint()).empty


def test_a_line_that_moved_is_no_change() -> None:
    """Where something is declared may change without anything changing."""
    before = sample.blueprint()
    profile = before.profiles["gpu-x86"]
    roles = [msgspec.structs.replace(call, where="elsewhere.yaml:1", origins={}) for call in profile.roles]
    moved = msgspec.structs.replace(profile, where="elsewhere.yaml:7", roles=roles)
    assert compare(before, msgspec.structs.replace(before, profiles={"gpu-x86": moved})).empty


def test_a_new_rack_is_told_with_everything_that_comes_with_it() -> None:
    """Racks, nodes, PDUs and cables by name; totals before and after; loads that moved."""
    found = compare(sample.blueprint(2), sample.blueprint(3))
    assert found.added == {
        "racks": ["h1/gpu-03"],
        "nodes": ["gpu-03-n1", "gpu-03-n2"],
        "pdus": ["pdu-03"],
        "cables": ["0005", "0006"],
    }
    assert found.removed == {}
    assert (found.before.accelerators, found.after.accelerators) == (32, 48)
    assert {change.path for change in found.changed} == {"load_kw", "ports.swp5", "ports.swp6"}


def test_a_role_parameter_is_told_once_for_all_its_nodes_with_its_place() -> None:
    """One setting, every node that has it, both values, the line that says it."""
    (change,) = compare(sample.blueprint(2, 65530), sample.blueprint(2, 1048576)).changed
    assert change.path == "kernel.sysctl.vm.max_map_count"
    assert (change.before, change.after) == (65530, 1048576)
    assert change.subjects == ["gpu-01-n1", "gpu-01-n2", "gpu-02-n1", "gpu-02-n2"]
    assert change.where == "profiles.yaml:12"


def test_an_item_added_in_the_middle_renumbers_nothing() -> None:
    """Lists of named things are compared by name."""
    before = sample.blueprint()
    switch = before.switches["leaf-1"]
    ports = [msgspec.structs.replace(switch.ports[0], name="swp0"), *switch.ports]
    after = msgspec.structs.replace(before, switches={"leaf-1": msgspec.structs.replace(switch, ports=ports)})
    assert [change.path for change in compare(before, after).changed] == ["ports.swp0"]


sites = st.builds(sample.blueprint, st.integers(0, 4), st.sampled_from([65530, 1048576]))


@settings(max_examples=30, deadline=None)
@given(sites, sites)
def test_the_other_way_round_says_the_same(one: Blueprint, other: Blueprint) -> None:
    """Exchanging the sides exchanges added and removed, before and after, and nothing else."""
    there, back = compare(one, other), compare(other, one)
    assert (there.added, there.removed) == (back.removed, back.added)
    assert (there.before, there.after) == (back.after, back.before)
    assert _values(there) == {(kind, path, after, before) for kind, path, before, after in _values(back)}
    assert there.empty == (one == other)


def _values(it: Difference) -> set[tuple[str, str, str, str]]:
    return {(c.kind, c.path, repr(c.before), repr(c.after)) for c in it.changed}
