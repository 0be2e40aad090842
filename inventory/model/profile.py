"""A profile: what a kind of node runs, in order."""

from __future__ import annotations

from typing import Any, Literal

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun


class ProfileNoun(Noun):
    """A profile: roles in order, each a name or `name: {parameters}`; `extends` puts another profile's roles first."""

    extends: str | None = None
    stage: Literal[1, 2] | None = None
    power_cap: units.Kw | None = None
    roles: list[str | dict[str, dict[str, Any] | None]] = []
