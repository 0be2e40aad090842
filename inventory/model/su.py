"""A scalable unit (SU): the block that a cluster repeats, declared once."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gigaworks.inventory.model.cooling import CoolingNoun
from gigaworks.inventory.model.network import SwitchNoun
from gigaworks.inventory.model.node import NodeNoun
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.power import PowerNoun
from gigaworks.inventory.model.rack import RackNoun


class ScalableUnitNoun(Noun):
    """A scalable unit: a row of racks with all that repeats with it, once for each name of its range, or `count` times.

    In `su-[1-4]` the rack `gpu-[1-8]` is `su-1-gpu-1` to `su-4-gpu-8`, in the rows `su-1` to `su-4`. A reference to a
    name of the unit leads into the same unit, any other to the hall: `cooling: cdu` of `su-2-gpu-1` is `su-2-cdu`.
    ``switches`` are those that it adds to each fabric; where a fabric has pods or groups, the unit is theirs.
    """

    count: Annotated[int, Field(ge=1, le=9999)] | None = None
    power: dict[str, PowerNoun] = Field(default={})
    cooling: dict[str, CoolingNoun] = Field(default={})
    racks: dict[str, RackNoun] = Field(default={})
    nodes: dict[str, NodeNoun] = Field(default={})
    switches: dict[str, dict[str, SwitchNoun]] = Field(default={})
