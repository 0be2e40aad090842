"""Our facts as data files: what is asked of the node, what it answers, what is known then."""

from __future__ import annotations

import importlib
import json
import subprocess
from pathlib import Path

import pytest

FILES = sorted((Path(__file__).parent / "facts").glob("*.json"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_fact(file: Path) -> None:
    """A fact reads this answer as this value, and asks in shell text that a shell accepts."""
    case = json.loads(file.read_text())
    module, _, name = case["fact"].partition(".")
    fact = getattr(importlib.import_module(f"gigaworks.roles.facts.{module}"), name)()
    command = fact.command(**case.get("arguments", {}))
    subprocess.run(["sh", "-n"], input=command.encode(), check=True, timeout=10)
    assert repr(fact.process(case["output"])) == case["value"]


def test_every_fact_has_a_case() -> None:
    """No fact of ours is without one; accounts.py only quickens one of pyinfra's."""
    folder = Path(importlib.import_module("gigaworks.roles.facts").__file__ or "").parent
    nouns = {path.stem for path in folder.glob("*.py")} - {"__init__", "accounts"}
    assert {json.loads(file.read_text())["fact"].partition(".")[0] for file in FILES} == nouns
