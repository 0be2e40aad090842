"""JSON Schema of the files that people write, so that editors complete and check while they type."""

from __future__ import annotations

from typing import Any

from pydantic.json_schema import models_json_schema

from gigaworks.inventory.catalog.types import OverlayFile
from gigaworks.inventory.model.file import HallFile, SiteFile
from gigaworks.inventory.model.noun import Noun

DRAFT = "https://json-schema.org/draft/2020-12/schema"


def json_schema(kind: str = "site") -> dict[str, Any]:
    """Return the schema (draft 2020-12) of a kind of file.

    ``site`` is met by every file of a site folder: a hall file, or any other nouns. ``overlay`` is met by the files in
    `overlays/`, which say what device and rack types lack.
    """
    if kind == "overlay":
        overlay = {"$ref": "#/$defs/OverlayFile", "$defs": _definitions(OverlayFile)}
        return {"$schema": DRAFT, "title": "Gigaworks overlay file", **overlay}
    nouns = _definitions(HallFile, SiteFile)
    return {
        "$schema": DRAFT,
        "title": "Gigaworks site file",
        "if": {"required": ["hall"]},
        "then": {"$ref": "#/$defs/HallFile"},
        "else": {"$ref": "#/$defs/SiteFile"},
        "$defs": nouns,
    }


def _definitions(*files: type[Noun]) -> dict[str, Any]:
    """Return the schema of every noun of some files, each of which begins with the version of the format."""
    nouns: dict[str, Any] = models_json_schema([(file, "validation") for file in files])[1]["$defs"]
    for file in files:
        noun = nouns[file.__name__]
        noun["properties"] = {"schema": {"const": 1, "description": "version of the file format"}, **noun["properties"]}
        noun["required"] = ["schema", *noun.get("required", [])]
    return nouns
