"""What holds of the laws for any figures: more load is never better, and feeds are alike."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.inventory.declare import designed
from gigaworks.inventory.design.power import apparent_kva
from gigaworks.inventory.laws import LAWS, Case
from gigaworks.inventory.laws.cooling import air_m3_per_hour, litres_per_minute
from gigaworks.inventory.laws.fabric import spines_needed
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.model.cooling import COOLANTS
from gigaworks.inventory.templates import copy_template
from tests.inventory import edited

BY_LOAD = [f"PWR-{n}" for n in (2, 3, 4, 6, 9, 11, 12)] + [f"COOL-{n}" for n in (1, 2, 3, 4)]
positive = st.floats(0.01, 1e5)


@given(positive, positive, st.floats(1.001, 100))
def test_flows(kilowatts: float, delta: float, factor: float) -> None:
    """More heat needs more flow, in proportion; a larger ΔT less; PG25 more than water."""
    for flow in (litres_per_minute, air_m3_per_hour):
        assert flow(kilowatts * factor, delta) == pytest.approx(flow(kilowatts, delta) * factor)
        assert flow(kilowatts, delta * factor) == pytest.approx(flow(kilowatts, delta) / factor)
    assert litres_per_minute(kilowatts, delta, COOLANTS["pg25"]) > litres_per_minute(kilowatts, delta)


@given(positive, positive, st.sampled_from([1, 3]))
def test_apparent_power(volts: float, amperes: float, phases: int) -> None:
    """Apparent power grows with volts and amperes alike, and three phases carry √3 of one."""
    assert apparent_kva(volts, amperes, phases) == pytest.approx(apparent_kva(amperes, volts, phases))
    assert apparent_kva(volts, amperes, 3) == pytest.approx(3**0.5 * apparent_kva(volts, amperes, 1))
    assert apparent_kva(volts * 2, amperes, phases) > apparent_kva(volts, amperes, phases)


@given(st.integers(1, 600), st.integers(1, 64), st.integers(1, 128))
def test_spines(leaves: int, uplinks: int, radix: int) -> None:
    """The spines have a port for every uplink, each leaf spreads its own evenly, and no smaller number would do."""
    need = spines_needed(leaves, uplinks, radix)
    fits = [n for n in range(1, uplinks + 1) if uplinks % n == 0 and n * radix >= leaves * uplinks]
    assert need == (fits[0] if fits else None)


@given(st.floats(0, 1e6), st.floats(0, 1e6), st.booleans())
def test_a_measure_is_broken_beyond_its_limit(figure: float, limit: float, least: bool) -> None:
    """Margin, strain and brokenness agree, and the texts of a broken one differ."""
    one = Measure("site", "x", figure, limit, "kW", least)
    assert not (one.broken and (one.margin or 0) > 0)
    assert not (one.broken and one.strain < 1)
    assert not one.broken or abs(figure - limit) < 1e-6 or one.texts[0] != one.texts[1]


@st.composite
def powers(draw: st.DrawFn) -> dict[str, str]:
    """Return figures of the lab's power and cooling, of which some hold and some do not."""
    return {
        "tap": f"{draw(st.integers(2, 16))} A",
        "rating": f"{draw(st.integers(8, 63))} A",
        "module": f"{draw(st.integers(1, 6))} kVA",
        "capacity": f"{draw(st.integers(1, 5))} kW",
        "it_power": f"{draw(st.integers(4, 9))} kW",
    }


def lab(root: Path, figures: dict[str, str], cap: float = 1.4) -> Path:
    """Return the lab with some figures and its GPU nodes' power cap."""
    copy_template("lab", root, {"name": "demo"})
    was = {"tap": "16 A", "rating": "63 A", "module": "20 kVA", "capacity": "15 kW", "it_power": "40 kW"}
    edited.edit(root / "halls/h1.yaml", [(f"{key}: {was[key]}", f"{key}: {value}") for key, value in figures.items()])
    edited.edit(root / "profiles.yaml", [("power_cap: 1.4 kW", f"power_cap: {cap:.3f} kW")])
    return root


def broken(case: Case) -> set[str]:
    """Return the laws that judge load and are broken."""
    return {name for name in BY_LOAD if LAWS[name].findings(case)}


@settings(max_examples=12, deadline=None)
@given(figures=powers(), more=st.floats(0.2, 1.5), part=st.floats(0.1, 1))
def test_less_load_breaks_nothing(
    tmp_path_factory: pytest.TempPathFactory, figures: dict[str, str], more: float, part: float
) -> None:
    """A site that holds the laws of load holds them with less load."""
    case, less = (
        designed(lab(tmp_path_factory.mktemp("site") / "demo", figures, cap))[0] for cap in (more, more * part)
    )

    assert broken(case) or not broken(less)


@settings(max_examples=6, deadline=None)
@given(figures=powers())
def test_feeds_are_alike(tmp_path_factory: pytest.TempPathFactory, figures: dict[str, str]) -> None:
    """A site whose feeds change places has the same measures, with the feeds' names exchanged."""
    root = lab(tmp_path_factory.mktemp("site") / "demo", figures)
    case = designed(root)[0]
    edited.edit(
        root / "halls/h1.yaml",
        [("[busway-a, busway-b]", "[busway-b, busway-A]"), ("[busway-a]", "[busway-b]"), ("busway-A", "busway-a")],
    )
    other = designed(root)[0]

    assert seen(case) == seen(other, exchange=True)


def seen(case: Case, exchange: bool = False) -> list[tuple[str, str, float, float | None]]:
    """Return law, subject, figure and limit of every measure of the laws of load, feeds a and b exchanged on demand."""
    names = str.maketrans({"a": "b", "b": "a"})
    found = []
    for name in BY_LOAD:
        for one in LAWS[name].measures(case):
            feed = one.subject.startswith(("power/h1/busway-", "power/h1/ups-"))
            subject = one.subject[:-1] + one.subject[-1].translate(names) if feed and exchange else one.subject
            found.append((name, subject, round(one.figure, 6), one.limit))
    return sorted(found, key=str)
