"""Parameters of role munge."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from gigaworks.roles.secret import Reference


class Params(BaseModel):
    """What munge takes."""

    model_config = ConfigDict(extra="forbid")

    key: Reference = Field(
        description="reference to the key, 32 to 1024 bytes, the same on every node: file:PATH (mode 0600, relative "
        "to the site folder) or env:NAME"
    )
