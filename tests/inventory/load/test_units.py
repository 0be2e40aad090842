"""Quantities carry a unit and become the plain number of the unit that the field's name says."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from gigaworks.inventory import units


@pytest.mark.parametrize(
    ("unit", "text", "number"),
    [
        (units.Kw, "480 kW", 480), (units.Kw, "1.2 MW", 1200), (units.Kw, "350 W", 0.35), (units.Kva, "1 MVA", 1000),
        (units.Celsius, "-5 C", -5), (units.LitresPerMinute, "6 m3/h", 100), (units.Percent, "10 %", 10),
        (units.Gibibytes, "2 TiB", 2048), (units.Seconds, "10 min", 600), (units.MbitPerSecond, "10 Gbit/s", 10_000),
        (units.Kw, "480kW", 480), (units.Metres, "600 mm", 0.6),
    ],
)  # fmt: skip
def test_read(unit: Any, text: str, number: float) -> None:
    """Every unit of a kind leads to the same number."""
    assert TypeAdapter(unit).validate_python(text) == pytest.approx(number)


@pytest.mark.parametrize("text", ["480", 480, "kW", "480 kw", "480 A", "-1 kW", "4 80 kW", "", None, True, "inf kW"])
def test_refused(text: Any) -> None:
    """A number without its unit, another unit, or less than nothing is refused."""
    with pytest.raises(ValidationError):
        TypeAdapter(units.Kw).validate_python(text)
