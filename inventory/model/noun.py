"""The base of every noun: strict, no unknown keys, and it knows where it was written."""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, PrivateAttr, ValidationInfo, ValidatorFunctionWrapHandler, model_validator

from gigaworks.inventory.problem import Place, Problem
from gigaworks.inventory.ranges import closest, did_you_mean
from gigaworks.inventory.source import Map, Seq

UNKNOWN = Place("")


class Noun(BaseModel):
    """Something a site declares. ``along`` names the fields whose ranges follow those of the noun's own name."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)
    along: ClassVar[tuple[str, ...]] = ()

    _source: Map | None = PrivateAttr(default=None)
    _named_at: Place | None = PrivateAttr(default=None)

    @model_validator(mode="wrap")
    @classmethod
    def _read(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Self:
        if not isinstance(value, Map):
            made: Self = handler(value)
            return made
        problems: list[Problem] = (info.context or {}).get("problems", [])
        known = {k: v for k, v in value.items() if k in cls.model_fields}
        for key in value.keys() - known.keys():
            problem = unknown_key(cls, key, value.keys_at[key])
            if problem not in problems:
                problems.append(problem)
            meant = closest(key, cls.model_fields.keys() - value.keys())
            if meant:  # so that nothing else is said about a key that is only misspelt
                known[meant] = value[key]
        made = handler(known)
        made._source = value
        return made

    def at(self, field: str = "") -> Place:
        """Return where the value of ``field`` stands; the noun's own place where it was left out."""
        held = self.__pydantic_private__ or {}  # attribute by attribute is slow, and this is asked for each device
        source: Map | None = held.get("_source")
        named_at: Place | None = held.get("_named_at")
        if field and source is not None and field in source.values_at:
            return source.values_at[field]
        return named_at or (source.place if source is not None else UNKNOWN)

    def item_at(self, field: str, item: int | str) -> Place:
        """Return where an item of a list, or the value of a key, stands in ``field``."""
        held = self._source.get(field) if self._source is not None else None
        if isinstance(held, Seq) and isinstance(item, int):
            return held.values_at[item]
        if isinstance(held, Map) and isinstance(item, str) and item in held.values_at:
            return held.values_at[item]
        return self.at(field)

    def name_at(self, field: str, key: str) -> Place:
        """Return where the key ``key`` of the mapping in ``field`` stands."""
        held = self._source.get(field) if self._source is not None else None
        return held.keys_at[key] if isinstance(held, Map) and key in held.keys_at else self.at(field)

    def source_with(self, part: Map) -> Map:
        """Return the mapping that it was read from, with the keys of ``part`` in place of its own."""
        made = Map(self._source or {})
        made.place = self._source.place if self._source is not None else part.place
        made.keys_at = dict(self._source.keys_at) if self._source is not None else {}
        made.values_at = dict(self._source.values_at) if self._source is not None else {}
        made.update(part)
        made.keys_at.update(part.keys_at)
        made.values_at.update(part.values_at)
        return made

    def named(self, place: Place, **changes: Any) -> Self:
        """Return a copy whose name stands at ``place``, with ``changes`` to its fields."""
        made = self.model_copy(update=changes)
        made._named_at = place
        return made


def unknown_key(noun: type[Noun], key: str, place: Place) -> Problem:
    """Return the problem of a key that ``noun`` does not have."""
    known = sorted(noun.model_fields)
    what = (noun.__doc__ or noun.__name__).strip().splitlines()[0].rstrip(".").split(":")[0]
    what = what[0].lower() + what[1:]
    fix = did_you_mean(key, known) or "remove it"
    return Problem("unknown key", f"{what} has no key `{key}`; it has {', '.join(known)}", fix, place)


def where(place: Place) -> str:
    """Return ``file:line``, the form in which the blueprint keeps a place."""
    return f"{place.file}:{place.line}"
