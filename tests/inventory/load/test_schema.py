"""The JSON Schema says about site files what loading them says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gigaworks.inventory.catalog.catalogue import SHIPPED
from gigaworks.inventory.schema import json_schema
from gigaworks.inventory.source import parse
from gigaworks.inventory.templates import copy_template, templates

jsonschema = pytest.importorskip("jsonschema")


def said(kind: str, path: Path) -> list[str]:
    """Return what the schema says about a file."""
    top, _ = parse(path.read_text(), path.name)
    return [error.message for error in jsonschema.Draft202012Validator(json_schema(kind)).iter_errors(top)]


@pytest.mark.parametrize("kind", ["site", "overlay"])
def test_is_a_schema(kind: str) -> None:
    """What is written is a JSON Schema of draft 2020-12."""
    jsonschema.Draft202012Validator.check_schema(json_schema(kind))


@pytest.mark.parametrize("name", sorted(templates()))
def test_templates_fit(name: str, tmp_path: Path) -> None:
    """Every file of every template fits."""
    copy_template(name, tmp_path / "demo", {})

    for path in sorted((tmp_path / "demo").rglob("*.yaml")):
        assert said("site", path) == [], path.name


def test_overlays_fit() -> None:
    """Every overlay that ships fits."""
    for path in sorted((SHIPPED / "overlays").glob("*.yaml")):
        assert said("overlay", path) == [], path.name


def test_units_and_overrides_fit() -> None:
    """A file with scalable units and overrides fits."""
    assert said("site", Path(__file__).parents[1] / "repeat" / "units.yaml") == []


def test_broken_files_do_not_fit(tmp_path: Path) -> None:
    """A file with an unknown key, unit, version or override does not fit."""
    copy_template("lab", tmp_path / "demo", {})
    judge = jsonschema.Draft202012Validator(json_schema())
    hall = yaml.safe_load((tmp_path / "demo" / "halls" / "h1.yaml").read_text())
    for broken in (
        {**hall, "racs": {}},
        {**hall, "it_power": "40"},
        {**hall, "schema": 2},
        {"hall": "h1"},
        {**hall, "overrides": {"nodes": {"gpu-01-n1": {"devise": "x"}}}},
        {**hall, "overrides": {"nodes": {"gpu-01-n1": {"absent": "perhaps"}}}},
        {**hall, "su": {"su-[1-2]": {"rows": {}}}},
    ):
        assert not judge.is_valid(broken)
