"""Parameters of role storage_client."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Params(BaseModel):
    """What storage_client takes."""

    model_config = ConfigDict(extra="forbid")

    volumes: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]+$")]] = Field(
        default=[], description="names of the declared volumes to mount; empty: all"
    )
