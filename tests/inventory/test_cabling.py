"""NET-14: what switches see against the cable plan."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigaworks.inventory.blueprint import Cable, CableEnd
from gigaworks.inventory.cabling import compare, neighbours

LLDP = Path(__file__).parents[2] / "../shared/data/lldp/lldpd/json0-neighbors.json"


def plan(count: int) -> Any:
    """Return a cable plan: node k on port k of leaf-1."""
    cables = [
        Cable(
            id=f"{k:04}",
            a=CableEnd("leaf-1", f"swp{k}"),
            b=CableEnd(f"n{k}", "rail0"),
            fabric="compute",
            media="DAC",
            length_m=2,
        )
        for k in range(count)
    ]
    return SimpleNamespace(cables=cables)


def seen(blueprint: Any, moved: dict[int, CableEnd | None]) -> dict[str, dict[str, CableEnd]]:
    """Return what leaf-1 sees when some ports have another end, or none, plugged in."""
    ports = {c.a.port: moved.get(k, c.b) for k, c in enumerate(blueprint.cables)}
    return {"leaf-1": {port: end for port, end in ports.items() if end}}


@given(st.integers(2, 40), st.data())
def test_swapped_pair_is_one_finding(count: int, data: Any) -> None:
    """Two exchanged cables are one finding that names both labels, and nothing else is found."""
    one, other = data.draw(st.lists(st.integers(0, count - 1), min_size=2, max_size=2, unique=True))
    blueprint = plan(count)

    found = compare(blueprint, seen(blueprint, {one: blueprint.cables[other].b, other: blueprint.cables[one].b}))

    assert [("swapped", sorted([f"{one:04}", f"{other:04}"]))] == [(f.kind, f.cables) for f in found]


def test_missing_and_wrong_are_told_apart() -> None:
    """An empty port is missing, a stranger at the port is wrong, and the value seen is named."""
    blueprint = plan(3)

    found = compare(blueprint, seen(blueprint, {0: None, 2: CableEnd("stranger", "eth7")}))

    assert [(f.kind, f.observed) for f in found] == [("missing", None), ("wrong", "stranger eth7")]


def test_device_that_is_off_is_not_a_missing_cable() -> None:
    """A port to a machine that is powered off says nothing about the cable."""
    blueprint = plan(2)

    assert compare(blueprint, seen(blueprint, {1: None}), dark=frozenset({"n1"})) == []


@pytest.mark.skipif(not LLDP.exists(), reason="needs ../shared/data/lldp")
def test_lldpd_output_is_read() -> None:
    """What lldpd itself prints gives port, device without its domain, and the port's name at the other end."""
    assert neighbours(LLDP.read_bytes())["eth0"] == CableEnd("ns-2", "eth1")
