"""A compute hall with everything that stands in it: power, cooling, rows of racks, nodes."""

from __future__ import annotations

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.cooling import CoolingNoun
from gigaworks.inventory.model.node import NodeNoun
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.override import OverridesNoun
from gigaworks.inventory.model.power import PowerNoun
from gigaworks.inventory.model.rack import RowNoun
from gigaworks.inventory.model.su import ScalableUnitNoun


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
    su: dict[str, ScalableUnitNoun] = Field(default={})
    overrides: OverridesNoun | None = None
