"""A profile: what a kind of node runs, in order."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.problem import Place
from gigaworks.inventory.source import Map, Seq


class ProfileNoun(Noun):
    """A profile: roles in order, each a name or `name: {parameters}`; `extends` puts another profile's roles first."""

    extends: str | None = None
    stage: Literal[1, 2, 3] | None = None
    power_cap: units.Kw | None = None
    roles: list[str | dict[str, dict[str, Any] | None]] = Field(default=[])

    def parameter_at(self, index: int, role: str, key: str) -> Place:
        """Return where parameter ``key`` of the role at ``index`` stands."""
        calls = self._source.get("roles") if self._source is not None else None
        call = calls[index] if isinstance(calls, Seq) else None
        given = call.get(role) if isinstance(call, Map) else None
        return given.values_at[key] if isinstance(given, Map) else self.item_at("roles", index)
