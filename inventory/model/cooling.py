"""A facility water loop, or a group of coolant distribution units on it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gigaworks.inventory import units as unit
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.words import Redundancy


class CoolantNoun(Noun):
    """A coolant by its specific heat and its density, for one that has no name here."""

    cp: unit.KjPerKgKelvin
    density: unit.KgPerLitre


# water: IAPWS at 30 °C; PG25, 25 % propylene glycol by volume: ASHRAE Handbook Fundamentals, chapter 31, at 30 °C
COOLANTS = {
    "water": CoolantNoun.model_construct(cp=4.18, density=0.997),
    "pg25": CoolantNoun.model_construct(cp=3.94, density=1.019),
}


class CoolingNoun(Noun):
    """A cooling device: a facility loop (fws), a CDU group or rear doors; capacity and flow are those of one unit.

    ``coolant`` is what it pumps; ``capture`` the share of a rack's air heat that a rear door takes; ``supply`` of a CDU
    group is what it is set to; ``ramp`` is how quickly its control follows a growing load.
    """

    kind: Literal["fws", "cdu", "rdhx"]
    loop: str | None = None
    units: Annotated[int, Field(ge=1)] | None = None
    redundancy: Redundancy | None = None
    capacity: unit.Kw | None = None
    capture: unit.Percent | None = None
    supply: unit.Celsius | None = None
    flow: unit.LitresPerMinute | None = None
    coolant: Literal["water", "pg25"] | CoolantNoun = "water"
    delta: unit.Kelvin | None = None
    approach: unit.Kelvin | None = None
    ramp: unit.KwPerMinute | None = None
    water_class: Literal["W17", "W27", "W32", "W40", "W45", "W+"] | None = None
    leak_detection: bool = False
    isolation: Literal["rack", "row"] | None = None
    feeds: list[str] | str = Field(default=[])

    @property
    def fluid(self) -> CoolantNoun:
        """The coolant's figures."""
        return COOLANTS[self.coolant] if isinstance(self.coolant, str) else self.coolant
