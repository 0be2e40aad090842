"""Parameters of role observability."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Params(BaseModel):
    """What observability takes."""

    model_config = ConfigDict(extra="forbid")

    port: int = Field(default=9100, ge=1, le=65535, description="TCP port of the exporter, on every address")
    without: list[Annotated[str, Field(pattern=r"^[a-z0-9_]+$")]] = Field(
        default=[], description="collectors that are switched off, e.g. infiniband"
    )
