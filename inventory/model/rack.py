"""A rack and the row that it stands in."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun


class RackNoun(Noun):
    """A rack: its type, what feeds and cools it, and what it may draw; a tap on one `leg` is single-phase."""

    along: ClassVar[tuple[str, ...]] = ("feeds", "cooling", "slot")

    type: str
    feeds: list[str] | str
    tap: units.Amperes | None = None
    leg: Literal["L1", "L2", "L3"] | None = None
    max_power: units.Kw | None = None
    cooling: str | None = None
    slot: Annotated[int, Field(ge=1)] | None = None


class RowNoun(Noun):
    """A row of racks."""

    racks: dict[str, RackNoun] = Field(default={})
