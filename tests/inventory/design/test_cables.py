"""Cables: what they are made of, what stands on their labels, what a cage broken out shares."""

from __future__ import annotations

from pathlib import Path

import pytest

from gigaworks.inventory.media import form_of, medium, reach_m
from tests.inventory.design.test_fabrics_page import designed


@pytest.mark.parametrize(
    ("length", "mbit", "media"),
    [(7, 10_000, "dac"), (10, 10_000, "aoc"), (50, 100_000, "mmf"), (2, 400_000, "dac"), (3, 400_000, "mmf"),
     (50, 400_000, "mmf"), (70, 400_000, "smf"), (500, 800_000, "smf"), (3, None, "dac")],
)  # fmt: skip
def test_medium(length: float, mbit: int | None, media: str) -> None:
    """The first medium that reaches is taken, at the limit as well."""
    assert medium(length, mbit, twisted_pair=False) == media
    assert mbit is None or (reach := reach_m(media, mbit)) is None or reach >= length


def test_forms() -> None:
    """NetBox's interface types tell the plug, where they tell it."""
    types = ("1000base-t", "10gbase-x-sfpp", "400gbase-x-osfp", "400gbase-x-qsfp112", "infiniband-ndr", "other")
    assert [form_of(kind) for kind in types] == ["RJ45", "SFP+", "OSFP", "QSFP112", None, None]


def test_plan(tmp_path: Path) -> None:
    """A cable knows its plugs, how many share the cage at each end, and the two lines of its label."""
    cables = {str(cable.a): cable for cable in designed("Rail-optimised, two tiers", tmp_path).cables}

    host, trunk = cables["gpu-01-n1 ibp24s0"], cables["leaf-01 swp64s1"]
    assert (host.breakout_a, host.breakout_b, host.form_b, host.speed_mbit_s) == (1, 2, "OSFP", 400_000)
    assert (trunk.breakout_a, trunk.breakout_b, trunk.form_a, trunk.form_b) == (2, 2, "OSFP", "OSFP")
    assert host.label == (
        f"{host.id} gpu-01-n1 ibp24s0 > leaf-01 swp1s0",
        f"{host.id} leaf-01 swp1s0 > gpu-01-n1 ibp24s0",
    )
