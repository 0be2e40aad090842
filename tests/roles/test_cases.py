"""Roles as data files: a node and its facts in, operations and files out.

``cases/<name>.json`` names role, parameters, a node of ``nodes.json`` and facts as the node would print them;
``cases/<name>.txt`` is what the role would do there. ``UPDATE_SCREENS=1 pytest tests/roles/test_cases.py`` writes them.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gigaworks.roles.target import Context
from tests.roles.planned import Plan, plan

HERE = Path(__file__).parent
CASES = sorted((HERE / "cases").glob("*.json"))


def node(name: str) -> Context:
    """Return a node of ``nodes.json`` as its roles see it."""
    known = json.loads((HERE / "nodes.json").read_text())
    return msgspec.convert({**known["any"], **known[name], "site": {**known["site"], "folder": str(HERE)}}, Context)


def planned(case: dict[str, Any]) -> Plan:
    """Return what the role of a case would do."""
    return plan(case["role"], case.get("params", {}), node(case["node"]), case.get("facts", {}))


@pytest.mark.parametrize("file", CASES, ids=lambda file: file.stem)
def test_case(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A role does exactly this on this node, and shows no secret."""
    case = json.loads(file.read_text())
    monkeypatch.setenv("CANARY", "canary-that-nobody-may-see")
    monkeypatch.setenv("CANARY_KEY", "canary" * 20)
    text = planned(case).text()
    assert "canary" not in text
    golden = file.with_suffix(".txt")
    if os.environ.get("UPDATE_SCREENS"):
        golden.write_text(text)
    assert text == golden.read_text()
