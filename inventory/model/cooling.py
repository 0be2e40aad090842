"""A facility water loop, or a group of coolant distribution units on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gigaworks.inventory import units as unit
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.words import Redundancy


class CoolingNoun(Noun):
    """A cooling device: a facility loop (fws) or a CDU group; capacity and flow are those of one unit."""

    kind: Literal["fws", "cdu", "rdhx"]
    loop: str | None = None
    units: Annotated[int, Field(ge=1)] | None = None
    capacity: unit.Kw | None = None
    flow: unit.LitresPerMinute | None = None
    supply: unit.Celsius | None = None
    delta: unit.Kelvin | None = None
    approach: unit.Kelvin | None = None
    water_class: Literal["W17", "W27", "W32", "W40", "W45", "W+"] | None = None
    leak_detection: bool = False
    isolation: Literal["rack", "row"] | None = None
    redundancy: Redundancy | None = None
    feeds: list[str] | str = Field(default=[])
