"""A distributed volume: pieces of data and parity over failure domains."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun

AbsolutePath = Annotated[str, Field(pattern=r"^(/[A-Za-z0-9._-]+)+$")]


class VolumeNoun(Noun):
    """A volume: `data` + `parity` bricks over that many failure domains; `need` is what its clients write at once."""

    kind: Literal["gluster"]
    data: Annotated[int, Field(ge=1)]
    parity: Annotated[int, Field(ge=0)]
    servers: str | list[str]
    failure_domain: Literal["node", "rack", "feed"] = "rack"
    brick: AbsolutePath
    mount: AbsolutePath
    need: units.GbytesPerSecond | None = None
    options: dict[str, str] = Field(default={})
