"""The bill of materials: found against declared, case by case."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gigaworks.inventory.blueprint import Node
from gigaworks.inventory.bmc import Inventory
from gigaworks.inventory.bmc.bom import bill_of_materials
from gigaworks.inventory.problem import Place

DATA = json.loads((Path(__file__).parent / "bom.json").read_text())


def merged(base: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """Return ``base`` with the entries of ``change``, which go into its dictionaries."""
    both = {
        key: merged(base[key], value) if isinstance(base.get(key), dict) and isinstance(value, dict) else value
        for key, value in change.items()
    }
    return {**base, **both}


@pytest.mark.parametrize("case", DATA["cases"], ids=[case["name"] for case in DATA["cases"]])
def test_found_against_declared(case: dict[str, Any]) -> None:
    """Each difference is one finding with both values; unknown is a warning and never a mismatch."""
    node = msgspec.convert(merged(DATA["node"], case.get("declared", {})), Node)
    found = msgspec.convert({**DATA["found"], **case.get("found", {})}, Inventory)
    problems = bill_of_materials(found, node)
    assert [[p.severity, p.summary, p.detail] for p in problems] == case["problems"]
    assert all(p.where == Place("racks.yaml", 12, 3) and p.fix and p.subject == "gpu-01-n1" for p in problems)
