"""What a law says, what a role takes, why something is in a plan."""

from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, Protocol

from gigaworks.cli.record.document import PlanDocument
from gigaworks.cli.views.plan import noun
from gigaworks.cli.views.problems import show_problems
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, value
from gigaworks.inventory.problem import Problem, WrongUse


class Law(Protocol):
    """What is shown of a law."""

    title: str
    __doc__: str | None


def explain_law(name: str, law: Law, findings: list[Problem] | None, stream: Stream) -> None:
    """Show a law; ``findings`` is None where there is no site to look at."""
    stream.lines([f"{stream.paint(name, 'bold')}  {law.title}", "", inspect.cleandoc(law.__doc__ or ""), ""])
    if findings is None:
        stream.line("With the numbers of a site: add --site FOLDER")
    elif findings:
        show_problems(findings, stream)
    else:
        stream.line(f"{stream.paint('holds', 'green')} on this site")


def explain_role(name: str, own: Path, stream: Stream) -> int:
    """Show a role: what it does, where, and its parameters with type and default."""
    from gigaworks.cli.opening import one_of
    from gigaworks.roles import catalog

    folder = own if own.is_dir() else None
    role = catalog.role(one_of(catalog.names(folder), name, "role"), folder)
    stream.lines([f"{stream.paint(f'roles.{name}', 'bold')}  {', '.join(role.architectures)}", ""])
    stream.lines([inspect.cleandoc(role.module.__doc__ or ""), ""])
    schema = role.params.model_json_schema()
    rows = [("parameter", "type", "default", "")]
    for field, part in schema.get("properties", {}).items():
        default = "required" if field in schema.get("required", []) else value(part.get("default"))
        rows.append((field, _type(part), default, str(part.get("description", ""))))
    stream.lines(columns(rows) if len(rows) > 1 else ["It takes no parameters."])
    return 0


def _type(part: dict[str, Any]) -> str:
    if "anyOf" in part:
        return " or ".join(_type(one) for one in part["anyOf"])
    if "$ref" in part:
        return str(part["$ref"]).rsplit("/", 1)[-1]
    return str(part.get("type", "any"))


def explain_in_plan(plan: PlanDocument, subject: str, stream: Stream) -> int:
    """Show why a node or resource is in a plan and what happens to it.

    Raises:
        WrongUse: it is not in the plan.

    """
    _, _, name = subject.rpartition("/")
    nodes = [node for node in plan.node_changes if node.name == name]
    resources = [r for r in plan.resource_changes if name in (r.name, r.address)]
    if not nodes and not resources:
        raise WrongUse(Problem("it is not in the plan", f"{subject}: this plan does not touch it"))
    for node in nodes:
        wave = next((number for number, wave in enumerate(plan.waves, 1) if node.name in wave.nodes), None)
        rows = [
            ("what", f"{', '.join(node.actions)}: {node.from_state} → {node.to_state}"),
            ("why", node.reason),
            ("runs", f"{node.profile}: {' '.join(node.roles)}"),
            ("when", f"wave {wave} of {len(plan.waves)}" if wave else ""),
            ("restart", "yes" if node.restart else "no"),
        ]
        stream.lines([stream.paint(f"node/{node.name}", "bold"), *columns([r for r in rows if r[1]], indent=2)])
        settings = [(c.role, c.summary, f"{value(c.before)} → {value(c.after)}", c.where) for c in node.changes]
        stream.lines(columns(settings, indent=4))
    for it in resources:
        actions = ", ".join(it.change.actions)
        rows = [("what", f"{actions} {noun(it.type)} of stack {it.stack}"), ("why", it.action_reason)]
        stream.lines([stream.paint(it.name, "bold"), *columns([r for r in rows if r[1]], indent=2)])
        stream.lines(columns([(d.path, f"{value(d.before)} → {value(d.after)}") for d in it.change.diff], indent=4))
    return 0
