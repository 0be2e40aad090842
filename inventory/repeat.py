"""What is declared once and stands many times: scalable units written out, and overrides laid over single ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from gigaworks.inventory.book import Book
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.override import ABSENT
from gigaworks.inventory.model.reading import read_model
from gigaworks.inventory.model.su import ScalableUnitNoun
from gigaworks.inventory.problem import Place, Problem
from gigaworks.inventory.ranges import RangeError, along, expand
from gigaworks.inventory.source import Map

NounT = TypeVar("NounT", bound=Noun)
Named = dict[str, tuple[NounT, Place]]  # name → noun and where the name stands

LEADS_TO = {"parent": "power", "feeds": "power", "loop": "cooling", "cooling": "cooling", "rack": "racks"}


@dataclass(frozen=True)
class ScalableUnit:
    """One scalable unit of a hall; its nouns have their full names, ranges within the unit are not written out yet."""

    name: str
    number: int
    units: str  # the range of all such units
    noun: ScalableUnitNoun
    own: Mapping[str, set[str]]  # kind of noun → the names that it has inside the unit

    def named(self, kind: str) -> Named[Any]:
        """Return its ``power``, ``cooling``, ``racks`` or ``nodes``."""
        return self._named(getattr(self.noun, kind), self.noun, kind)

    def switches(self) -> dict[str, Named[Any]]:
        """Return the switches that it adds to each fabric."""
        return {fabric: self._named(nouns, None, fabric) for fabric, nouns in self.noun.switches.items()}

    def _named(self, nouns: Mapping[str, Noun], owner: Noun | None, field: str) -> Named[Any]:
        return {
            f"{self.name}-{name}": (self._led(noun, name), owner.name_at(field, name) if owner else noun.at())
            for name, noun in nouns.items()
        }

    def _led(self, noun: Noun, name: str) -> Noun:
        """Return ``noun`` with its references as this unit has them."""
        changes: dict[str, Any] = {}
        for field, kind in LEADS_TO.items():
            value = getattr(noun, field, None)
            if field == "feeds" and isinstance(value, str):  # such a text names all its feeds at once
                several = _names(value)
                if not self.own[kind].isdisjoint(several):
                    changes[field] = [f"{self.name}-{one}" for one in several]
            elif isinstance(value, str):
                changes[field] = self._reference(value, name, self.own[kind])
            elif isinstance(value, list):
                changes[field] = [self._reference(one, name, self.own[kind]) for one in value]
        return noun.model_copy(update=changes)

    def _reference(self, value: str, name: str, own: set[str]) -> str:
        """Return a reference with its full name; a range that follows none of ``name`` follows that of the units."""
        several = _names(value)
        if value in own or not own.isdisjoint(several):
            return f"{self.name}-{value}"
        if len(several) > 1 and not _fits(name, value) and _fits(self.units, value):
            return along(self.units, value)[self.number]
        return value


def scalable_units(key: str, noun: ScalableUnitNoun, place: Place, book: Book) -> Iterator[ScalableUnit]:
    """Yield each unit that ``key``, a range of names or one name with a `count`, stands for."""
    units = f"{key}-[1-{noun.count}]" if noun.count else key
    own = {
        kind: {name for inner in getattr(noun, kind) for name in (inner, *_names(inner))}
        for kind in ("power", "cooling", "racks")
    }
    for number, name in enumerate(book.all_names(units, place)):
        yield ScalableUnit(name, number, units, noun, own)


def override(noun: NounT, part: Map) -> tuple[NounT | None, list[Problem]]:
    """Return ``noun`` with the keys of ``part`` in place of its own, None and the problems where that cannot be."""
    whole = noun.source_with(part)
    whole.pop(ABSENT, None)
    made, problems = read_model(type(noun), whole, part.place)
    if made is None:
        return None, problems
    kept = {field: getattr(noun, field) for field in noun.along if field not in part}
    return made.named(noun.at(), **kept), problems


def _names(value: str) -> list[str]:
    try:
        return expand(value)
    except RangeError:  # told where the name is written out or followed
        return []


def _fits(key: str, value: str) -> bool:
    try:
        along(key, value)
    except RangeError:
        return False
    return True
