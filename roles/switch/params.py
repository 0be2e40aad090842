"""Parameters of role switch."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Params(BaseModel):
    """What switch takes."""

    model_config = ConfigDict(extra="forbid")

    asn: int = Field(
        ge=1, le=4294967294, description="the node's own AS; private ones are 4200000000 and up (RFC 6996)"
    )
    router_id: Annotated[str, Field(pattern=r"^\d{1,3}(\.\d{1,3}){3}$")] | None = Field(
        default=None, description="router id; None: the node's management address"
    )
    neighbours: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9.:_-]+$")]] = Field(
        default=[], description="NICs (unnumbered, RFC 8950) or addresses; empty: every NIC of the compute fabric"
    )
    announce: list[Annotated[str, Field(pattern=r"^[0-9a-f.:]+/[0-9]+$")]] = Field(
        default=[], description="prefixes that are announced, and nothing else is"
    )
