"""Parameters of role accelerators."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Params(BaseModel):
    """What accelerators takes."""

    model_config = ConfigDict(extra="forbid")

    product: str | None = Field(
        default=None,
        description="product name as the driver spells it; None: it has to hold the declared model's number",
    )
    driver: str | None = Field(
        default=None, pattern=r"^[0-9][0-9.]*$", description="driver version or branch, e.g. 580; None: any"
    )
