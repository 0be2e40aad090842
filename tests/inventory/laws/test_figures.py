"""The formulas give the figures that are published."""

from __future__ import annotations

import math
import re

import pytest

from gigaworks.inventory.design.power import apparent_kva
from gigaworks.inventory.laws import LAWS
from gigaworks.inventory.laws.cooling import air_m3_per_hour, litres_per_minute
from gigaworks.inventory.laws.fabric import spines_needed
from gigaworks.inventory.model.qos import QosNoun
from gigaworks.inventory.model.storage import CheckpointNoun


@pytest.mark.parametrize(("amperes", "kva"), [(16, 11.1), (32, 22.2), (63, 43.6), (125, 86.6)])
def test_three_phase(amperes: float, kva: float) -> None:
    """Three phases at 400 V: the ratings that every busway catalogue lists."""
    assert round(apparent_kva(400, amperes, 3), 1) == kva


def test_water() -> None:
    """Water takes 1 kW away with 1.44 L/min at 10 K and 0.96 L/min at 15 K."""
    assert round(litres_per_minute(1, 10), 2) == 1.44
    assert round(litres_per_minute(1, 15), 2) == 0.96


def test_air() -> None:
    """10.2 kW at 15 K need about 2,030 m³/h of air."""
    assert round(air_m3_per_hour(10.2, 15), -1) == 2030


@pytest.mark.parametrize(("units", "leaves", "spines"), [(1, 8, 4), (2, 16, 8), (3, 24, 16), (4, 32, 16)])
def test_superpod(units: int, leaves: int, spines: int) -> None:
    """SuperPOD H100 with 1 to 4 SU of 32 nodes and 8 rails on radix 64: leaves and spines as published."""
    endpoints = units * 32 * 8

    assert math.ceil(endpoints / 32) == leaves
    assert spines_needed(leaves, 32, 64) == spines


def test_checkpoint() -> None:
    """405 billion parameters at 16 B are about 6.5 TB."""
    noun = CheckpointNoun.model_construct(parameters=405e9, within=300)

    assert round(noun.parameters * noun.bytes_per_parameter / 1e12, 1) == 6.5


def test_sonic_stock_map() -> None:
    """SONiC's stock maps have DSCP 26 in a lossy class and DSCP 3 and 4 in lossless ones (qos_config.j2)."""
    maps = QosNoun()
    lossless = {dscp for dscp in range(64) if maps.traffic_class(dscp) in maps.pfc}

    assert lossless == {3, 4}
    assert [maps.traffic_class(dscp) for dscp in (26, 46, 48)] == [1, 5, 6]


def test_every_law_explains_itself() -> None:
    """Each law has an id of the domain's table, a title, and a docstring with more than its title."""
    for name, law in LAWS.items():
        assert re.fullmatch(r"(PWR|SPA|COOL|NET|STO|GOV)-\d+", name)
        assert law.title
        assert len(law.explanation) > 60, name
