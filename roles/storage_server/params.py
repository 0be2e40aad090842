"""Parameters of role storage_server."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Params(BaseModel):
    """What storage_server takes: nothing; bricks follow from the declared volumes."""

    model_config = ConfigDict(extra="forbid")
