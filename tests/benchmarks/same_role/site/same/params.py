"""Parameters of role same."""

from __future__ import annotations

from pydantic import BaseModel


class Params(BaseModel):
    """What differs between the hosts."""

    index: int
    peers: list[str]
