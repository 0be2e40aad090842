"""A distributed volume: pieces of data and parity over failure domains."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun

AbsolutePath = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._-]+)+$")]


class CheckpointNoun(Noun):
    """A checkpoint of the largest model that is trained: its parameters, and within which time it has to be written."""

    parameters: units.Parameters
    within: units.Seconds
    bytes_per_parameter: Annotated[float, Field(gt=0)] = 16.0


class VolumeNoun(Noun):
    """A volume: `data` + `parity` bricks over that many failure domains.

    ``need`` is what its clients write at once; ``media`` what the drives of one server write, ``raw`` what they hold;
    ``usable`` is what the volume is said to hold; ``metadata`` names the servers that hold its names.
    """

    kind: Literal["gluster"]
    data: Annotated[int, Field(ge=1)]
    parity: Annotated[int, Field(ge=0)]
    servers: str | list[str]
    failure_domain: Literal["node", "rack", "feed"] = "rack"
    brick: AbsolutePath
    mount: AbsolutePath
    need: units.GbytesPerSecond | None = None
    media: units.GbytesPerSecond | None = None
    raw: units.Terabytes | None = None
    usable: units.Terabytes | None = None
    checkpoint: CheckpointNoun | None = None
    metadata: str | list[str] = Field(default=[])
    options: dict[str, str] = Field(default={})
