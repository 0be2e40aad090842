"""What a role says of itself, and the pages made of it: ``python -m gigaworks.roles.handbook docs/roles``."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path
from typing import Any, NamedTuple

from gigaworks.roles import catalog, example
from gigaworks.roles.catalog import Role
from gigaworks.roles.check import Check

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")


class Parameter(NamedTuple):
    """A parameter: its type in words, its default as JSON (``required`` where it has none), what it means."""

    name: str
    type: str
    default: str
    description: str


def text(role: Role) -> str:
    """Return what a role says it sets and what proves it."""
    return inspect.cleandoc(role.module.__doc__ or "")


def parameters(role: Role) -> dict[str, list[Parameter]]:
    """Return a role's parameters under an empty name, and those of each kind of part that they consist of."""
    schema = role.params.model_json_schema()
    parts = {"": schema, **schema.get("$defs", {})}
    return {
        name: [_parameter(field, kind, part.get("required", [])) for field, kind in part["properties"].items()]
        for name, part in parts.items()
        if part.get("properties")
    }


def _parameter(name: str, part: dict[str, Any], required: list[str]) -> Parameter:
    default = "required" if name in required else json.dumps(part.get("default"), ensure_ascii=False)
    return Parameter(name, _type(part), default, str(part.get("description", "")))


def _type(part: dict[str, Any]) -> str:
    if "anyOf" in part:
        return " or ".join(_type(one) for one in part["anyOf"])
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[-1]
    if "enum" in part:
        return " or ".join(json.dumps(value) for value in part["enum"])
    if "const" in part:
        return json.dumps(part["const"])
    if part.get("type") == "array":
        return f"list of {_type(part.get('items', {}))}"
    values = [part.get("additionalProperties"), *part.get("patternProperties", {}).values()]
    if kinds := [_type(kind) for kind in values if isinstance(kind, dict)]:
        return f"map of {kinds[0]}"
    return str(part.get("type", "any"))


def checks(role: Role) -> list[Check]:
    """Return the checks of a role as its example has it, on a node where it has something to do."""
    params = role.params.model_validate(getattr(role.module, "EXAMPLE", {}))
    return role.checks(params, example.node_for(role))


def page(role: Role) -> str:
    """Return a role's page in Markdown."""
    lines = [f"# Role {role.name}", "", text(role), "", f"Architectures: {', '.join(role.architectures)}.", ""]
    lines += [_exercised(role), "", "## Parameters", ""]
    for kind, found in parameters(role).items():
        lines += [f"### {kind}", ""] if kind else []
        lines += ["| parameter | type | default | |", "| --- | --- | --- | --- |"]
        lines += [f"| `{p.name}` | {_cell(p.type)} | {_code(p.default)} | {_cell(p.description)} |" for p in found]
        lines.append("")
    if not parameters(role):
        lines += ["It takes none.", ""]
    lines += ["In a profile:", "", "```yaml", *_yaml(role), "```", "", "## Checks", ""]
    lines += ["As above, on an example node. Each keeps the observed value and the raw output as evidence.", ""]
    lines += ["| check | what | expected |", "| --- | --- | --- |"]
    for check in checks(role):
        expected = "told, not judged" if check.expected is None else f"{check.expected} {check.unit}".strip()
        lines.append(f"| `{check.id}` | {_cell(check.summary)} | {_cell(expected) or 'nothing'} |")
    return "\n".join([*lines, ""])


def _exercised(role: Role) -> str:
    if not role.exercised:
        return "Not exercised on real hardware: its decisions, files and readers are tested from recorded facts."
    return f"Exercised with the real programs, on machines of the tests: {', '.join(role.exercised)}."


def _yaml(role: Role) -> list[str]:
    given = getattr(role.module, "EXAMPLE", {})
    return [f"- {role.name}: {json.dumps(given)}"] if given else [f"- {role.name}"]


def _cell(words: str) -> str:
    return words.replace("|", "\\|").replace("\n", "<br>")


def _code(default: str) -> str:
    return "required" if default == "required" else f"`{_cell(default)}`"


def table() -> str:
    """Return the overview in Markdown: each role, where it works, where it was exercised."""
    lines = ["# The role catalogue", "", "Made by `python -m gigaworks.roles.handbook docs/roles`.", ""]
    lines += ["● exercised with the real programs on machines of the tests; ○ supported, **not exercised on real"]
    lines += ["hardware**: tested from recorded facts; — skipped, and said so.", ""]
    lines += [f"| role | {' | '.join(ARCHITECTURES)} | sets |", f"| --- |{' :-: |' * len(ARCHITECTURES)} --- |"]
    for name in catalog.names():
        role = catalog.role(name)
        marks = [
            "●" if arch in role.exercised else "○" if arch in role.architectures else "—" for arch in ARCHITECTURES
        ]
        first = text(role).split("\n\n")[0].replace("\n", " ")
        lines.append(f"| [{name}]({name}.md) | {' | '.join(marks)} | {_cell(first)} |")
    lines += ["", "A role of your own: [write a role](../write-a-role.md).", ""]
    return "\n".join(lines)


def pages() -> dict[str, str]:
    """Return every page of the catalogue by its file's name."""
    return {"README.md": table(), **{f"{name}.md": page(catalog.role(name)) for name in catalog.names()}}


def main() -> None:
    """Write the pages into the folder that is named."""
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    wanted = pages()
    for old in folder.glob("*.md"):
        if old.name not in wanted:
            old.unlink()
    for name, content in wanted.items():
        (folder / name).write_text(content)


if __name__ == "__main__":
    main()
