"""A declared resource and the slice of the blueprint that makes a stack."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from gigaworks.inventory.canonical import digest

Kind = Literal["site", "hall", "network", "storage"]


class Declared(msgspec.Struct, frozen=True, kw_only=True):
    """One resource. Its type is ``gigaworks:MODULE:NOUN``; properties hold no ``None``: what is unknown is absent."""

    type: str
    name: str
    properties: dict[str, Any]
    depends_on: list[str] = []  # "Noun/name" of resources declared before it in the same stack

    @property
    def local(self) -> str:
        """Its address inside the stack, as ``depends_on`` names it."""
        return f"{self.type.rpartition(':')[2]}/{self.name}"


class StackSlice(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that one stack declares; no resources means that all it has goes away."""

    name: str
    kind: Kind
    resources: list[Declared]

    @property
    def digest(self) -> str:
        """SHA-256 by which an unchanged slice is known."""
        return digest(self.resources)


def facts(value: msgspec.Struct, *omit: str) -> dict[str, Any]:
    """Return a struct's fields without ``where``, ``omit`` and what is unknown."""
    found: dict[str, Any] = msgspec.to_builtins(value)
    return known({key: each for key, each in found.items() if key not in {"where", *omit}})


def known(properties: dict[str, Any]) -> dict[str, Any]:
    """Return properties with every ``None`` inside dictionaries left out."""
    return {key: _known(each) for key, each in properties.items() if each is not None}


def _known(value: Any) -> Any:
    if isinstance(value, dict):
        return known(value)
    return [_known(each) for each in value] if isinstance(value, list) else value
