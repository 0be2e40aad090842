"""A figure beside its limit: what a law measured, whether it found something or not."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import NamedTuple


class Measure(NamedTuple):
    """What a law looked at on one subject (``kind/key``): a figure that may reach its limit and not pass it.

    Without a limit it only says what was looked at. With ``least`` the figure has to reach the limit.
    """

    subject: str
    what: str
    figure: float
    limit: float | None = None
    unit: str = ""
    least: bool = False

    @property
    def margin(self) -> float | None:
        """What is left up to the limit, below 0 where it is broken; None without a limit."""
        if self.limit is None:
            return None
        return self.figure - self.limit if self.least else self.limit - self.figure

    @property
    def broken(self) -> bool:
        """Whether the limit is passed by more than floating point makes of equal figures."""
        return self.limit is not None and (
            (self.figure < self.limit if self.least else self.figure > self.limit)
            and not math.isclose(self.figure, self.limit, rel_tol=1e-9, abs_tol=1e-9)
        )

    @property
    def texts(self) -> tuple[str, str]:
        """Figure and limit as people read them, with as many digits as tell a broken one from its limit."""
        limit = self.figure if self.limit is None else self.limit
        if self.broken:
            return apart(self.figure, limit, self.unit)
        return quantity(self.figure, self.unit), quantity(limit, self.unit)

    @property
    def strain(self) -> float:
        """How near the limit is: 1 is at it, more is beyond it; -1 where there is none."""
        if self.limit is None:
            return -1.0
        part, whole = (self.limit, self.figure) if self.least else (self.figure, self.limit)
        if whole:
            return part / whole
        return math.inf if part else 1.0


def worst_first(measures: Iterable[Measure]) -> list[Measure]:
    """Return the measures, the most strained first, those without a limit last."""
    return sorted(measures, key=lambda m: (-m.strain, m.subject, m.what))


def quantity(value: float, unit: str = "", more: int = 0) -> str:
    """Return a figure as people read it: 6.84 kW, 40.8 kW, 1,250 kW; with ``more`` digits behind the point."""
    digits = more + (2 if abs(value) < 10 else 1 if abs(value) < 100 else 0)
    text = f"{value:,.{digits}f}"
    return f"{text.rstrip('0').rstrip('.') if digits else text} {unit}".rstrip()


def apart(one: float, other: float, unit: str = "") -> tuple[str, str]:
    """Return two different figures with as many digits as it takes to tell them apart."""
    for more in range(7):
        texts = quantity(one, unit, more), quantity(other, unit, more)
        if texts[0] != texts[1]:
            break
    return texts
