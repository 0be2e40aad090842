"""A compute hall with everything that stands in it: power, cooling, rows of racks, nodes."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.cooling import CoolingNoun
from gigaworks.inventory.model.node import NodeNoun
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.power import PowerNoun


class RackNoun(Noun):
    """A rack: its type, what feeds and cools it, and what it may draw; a tap on one `leg` is single-phase."""

    along: ClassVar[tuple[str, ...]] = ("feeds", "cooling", "slot")

    type: str
    feeds: list[str] | str
    tap: units.Amperes | None = None
    leg: Literal["L1", "L2", "L3"] | None = None
    cooling: str | None = None
    max_power: units.Kw | None = None
    slot: Annotated[int, Field(ge=1)] | None = None


class RowNoun(Noun):
    """A row of racks."""

    racks: dict[str, RackNoun] = Field(default={})


class HallNoun(Noun):
    """A compute hall."""

    it_power: units.Kw
    air_cooling: units.Kw | None = None
    airflow: units.CubicMetresPerHour | None = None
    air_delta: units.Kelvin | None = None
    dew_point: units.Celsius | None = None
    floor_load: units.KgPerSquareMetre | None = None
    power: dict[str, PowerNoun] = Field(default={})
    cooling: dict[str, CoolingNoun] = Field(default={})
    rows: dict[str, RowNoun] = Field(default={})
    nodes: dict[str, NodeNoun] = Field(default={})
