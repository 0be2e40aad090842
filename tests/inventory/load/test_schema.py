"""The JSON Schema says about site files what loading them says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from gigaworks.inventory.schema import json_schema
from gigaworks.inventory.source import parse
from gigaworks.inventory.templates import copy_template

jsonschema = pytest.importorskip("jsonschema")


def test_template_fits(tmp_path: Path) -> None:
    """Every file of the lab template fits, and one with an unknown key, unit or version does not."""
    copy_template("lab", tmp_path / "demo", {})
    judge = jsonschema.Draft202012Validator(json_schema())
    jsonschema.Draft202012Validator.check_schema(json_schema())

    for path in sorted((tmp_path / "demo").rglob("*.yaml")):
        top, _ = parse(path.read_text(), path.name)
        assert [error.message for error in judge.iter_errors(top)] == [], path.name
    hall = yaml.safe_load((tmp_path / "demo" / "halls" / "h1.yaml").read_text())
    for broken in ({**hall, "racs": {}}, {**hall, "it_power": "40"}, {**hall, "schema": 2}, {"hall": "h1"}):
        assert not judge.is_valid(broken)
