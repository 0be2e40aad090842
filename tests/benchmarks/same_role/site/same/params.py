"""Parameters of role same."""

from __future__ import annotations

from pydantic import BaseModel


class Params(BaseModel):
    """None: what differs between the hosts follows from the site."""
