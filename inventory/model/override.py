"""Overrides: what is different about one of many that were declared together."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, PydanticKnownError, core_schema

from gigaworks.inventory.model.network import SwitchNoun
from gigaworks.inventory.model.node import NodeNoun
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.power import PowerNoun
from gigaworks.inventory.model.rack import RackNoun
from gigaworks.inventory.source import Map

ABSENT = "absent"


class _Part:
    """Some keys of a noun, kept as they were written until they are laid over the noun, which then judges them."""

    def __init__(self, noun: type[Noun]) -> None:
        self.noun = noun

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(_mapping)

    def __get_pydantic_json_schema__(self, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        whole = handler.resolve_ref_schema(handler(self.noun.__pydantic_core_schema__))
        absent = {"type": "boolean", "description": "true: this one is not there"}
        keys = {**whole["properties"], ABSENT: absent}
        return {"type": "object", "properties": keys, "additionalProperties": False}


def _mapping(value: Any) -> Map:
    if not isinstance(value, Map):
        raise PydanticKnownError("dict_type")
    if not isinstance(value.get(ABSENT, True), bool):
        raise PydanticCustomError("absent", f"`{ABSENT}` is true or false")
    return value


class OverridesNoun(Noun):
    """The overrides: by name or range of names, the keys that differ there; `absent: true` leaves one out."""

    power: dict[str, Annotated[Any, _Part(PowerNoun)]] = Field(default={})
    racks: dict[str, Annotated[Any, _Part(RackNoun)]] = Field(default={})
    nodes: dict[str, Annotated[Any, _Part(NodeNoun)]] = Field(default={})
    switches: dict[str, Annotated[Any, _Part(SwitchNoun)]] = Field(default={})
