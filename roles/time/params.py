"""Parameters of role time."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Server = Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]+$")]


class Params(BaseModel):
    """What time takes."""

    model_config = ConfigDict(extra="forbid")

    serve: bool = Field(default=False, description="answer the other nodes: they follow every node that says so")
    servers: list[Server] = Field(
        default=[], description="names or addresses to follow; empty: the site's nodes that serve"
    )
    allow: list[Annotated[str, Field(pattern=r"^[0-9a-f.:]+/\d+$")]] = Field(
        default=["10.0.0.0/8"], description="prefixes whose requests are answered, where serve is set"
    )
    local_stratum: int = Field(
        default=10, ge=1, le=15, description="stratum that a serving node claims when it follows nobody"
    )
    max_offset_s: float = Field(default=0.1, gt=0, description="largest offset from the followed clock, in seconds")
