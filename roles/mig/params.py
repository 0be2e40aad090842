"""Parameters of role mig."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, field_validator

Profile = Annotated[str, Field(pattern=r"^[1-7]g\.[0-9]+gb(\+me)?$")]
SLICES = 7  # compute slices of a GPU, A100 to B300: NVIDIA MIG user guide


class Params(BaseModel):
    """What mig takes."""

    model_config = ConfigDict(extra="forbid")

    profiles: list[Profile] = Field(
        max_length=7, description="profiles of each GPU's instances, e.g. 3g.40gb; empty: MIG is off"
    )

    @field_validator("profiles")
    @classmethod
    def _fits(cls, profiles: list[str]) -> list[str]:
        if (slices := sum(int(profile[0]) for profile in profiles)) > SLICES:
            raise ValueError(f"{slices} slices are asked for, a GPU has {SLICES}")
        return profiles
