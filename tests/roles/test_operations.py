"""Our operations as data files: facts in, commands out."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from gigaworks.roles.secret import Secret

FILES = sorted((Path(__file__).parent / "operations").glob("*.json"))


class Node:
    """A host that answers facts from a file; the facts' own readers run."""

    def __init__(self, facts: dict[str, dict[str, list[str]]]) -> None:
        self.facts = facts
        self.connector_data: dict[str, Any] = {}
        self.current_op_hash = "this"
        self.noops: list[str] = []

    def get_fact(self, fact: Any, **arguments: Any) -> Any:
        """Answer a fact by its name and arguments."""
        key = ", ".join(f"{name}={value}" for name, value in arguments.items())
        lines = self.facts[fact.__name__][key]
        return fact().process(lines) if lines else fact().default()

    def noop(self, why: str) -> None:
        """Note why nothing is to be done."""
        self.noops.append(why)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_operation(file: Path) -> None:
    """An operation yields exactly these commands for these facts, and tells the difference."""
    from pyinfra.context import ctx_host

    case = json.loads(file.read_text())
    module, _, name = case["operation"].partition(".")
    operation = getattr(importlib.import_module(f"gigaworks.roles.operations.{module}"), name)
    node = Node(case["facts"])
    kwargs = {key: Secret(value.encode()) if key == "secret" else value for key, value in case["kwargs"].items()}
    with ctx_host.use(node):
        commands = [str(command) for command in operation._inner(**kwargs)]
    assert commands == case["commands"]
    assert node.connector_data.get("differences", {}).get("this", "") == case.get("difference", "")
    assert "canary" not in f"{commands} {node.connector_data} {node.noops} {kwargs}"
