"""The order of keys: that in which the models of the nouns list their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, get_args, get_origin

from gigaworks.inventory.model.file import HallFile, SiteFile
from gigaworks.inventory.model.noun import Noun

FIRST = ("schema", "hall")  # whatever a model says, a file begins with these


@dataclass(frozen=True)
class Shape:
    """What stands somewhere in a file: a noun with its fields, or names (or a list) of what ``each`` is."""

    noun: type[Noun] | None = None
    each: Shape | None = None
    ordered: bool = True  # whether keys may change places: an alias must stay behind its anchor

    def rank(self, key: str) -> int:
        """Return where a key belongs; the keys of names, and keys that nobody knows, stay as they are written."""
        if self.noun is None or not self.ordered:
            return 0
        order = (*FIRST, *(field for field in self.noun.model_fields if field not in FIRST))
        return order.index(key) if key in order else len(order)

    def inside(self, key: str) -> Shape | None:
        """Return the shape of what stands under a key, or of an item of a list."""
        field = self.noun.model_fields.get(key) if self.noun else None
        found = _shape(field.annotation) if field else self.each
        return replace(found, ordered=self.ordered) if found else None


def shape_of_file(top: Mapping[str, Any], *, ordered: bool) -> Shape:
    """Return the shape of a site file."""
    return Shape(noun=HallFile if "hall" in top else SiteFile, ordered=ordered)


def _shape(annotation: Any) -> Shape | None:
    noun = getattr(annotation, "noun", annotation)  # an override names the noun of which it is some keys
    if isinstance(noun, type) and issubclass(noun, Noun):
        return Shape(noun=noun)
    parts = [_shape(argument) for argument in get_args(annotation)]
    found = next((part for part in parts if part), None)
    return Shape(each=found) if found and get_origin(annotation) in (dict, list) else found
