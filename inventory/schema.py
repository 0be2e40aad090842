"""JSON Schema of the site files, so that editors complete and check while people type."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from gigaworks.inventory.model.file import HallFile, SiteFile


def json_schema() -> dict[str, Any]:
    """Return the schema (draft 2020-12) that every file of a site folder meets: a hall file, or any other nouns."""
    _, definitions = models_json_schema([(HallFile, "validation"), (SiteFile, "validation")])
    nouns = definitions["$defs"]
    for model in (HallFile, SiteFile):
        noun = nouns[model.__name__]
        noun["properties"] = {"schema": {"const": 1, "description": "version of the file format"}, **noun["properties"]}
        noun["required"] = ["schema", *noun.get("required", [])]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Gigaworks site file",
        "if": {"required": ["hall"]},
        "then": {"$ref": "#/$defs/HallFile"},
        "else": {"$ref": "#/$defs/SiteFile"},
        "$defs": nouns,
    }
