"""A device of the power graph, from the utility feed down to the busway that racks tap."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.words import Redundancy

KINDS = ("utility", "transformer", "generator", "switchgear", "sts", "ups", "busway", "floor-pdu")  # from the top down


class PowerNoun(Noun):
    """A power device: kind, parents, and either a capacity, a current rating or modules.

    ``diversity`` is the part of what hangs on it that draws its maximum at once; the policy's unless given.
    """

    along: ClassVar[tuple[str, ...]] = ("parent",)

    kind: Literal["utility", "transformer", "generator", "switchgear", "sts", "ups", "busway", "floor-pdu"]
    parent: str | list[str] = Field(default=[])
    capacity: units.Kva | None = None
    rating: units.Amperes | None = None
    voltage: units.Volts | None = None
    phases: Literal[1, 3] | None = None
    module: units.Kva | None = None
    modules: Annotated[int, Field(ge=1)] | None = None
    redundancy: Redundancy | None = None
    diversity: Annotated[float, Field(gt=0, le=1)] | None = None
