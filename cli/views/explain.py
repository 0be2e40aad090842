"""What a law says, what a role takes, why something is in a plan."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gigaworks.cli.record.document import PlanDocument
from gigaworks.cli.views.plan import noun
from gigaworks.cli.views.problems import show_problems
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.show import show_cooling, show_halls, show_network, show_power, show_site, show_storage
from gigaworks.cli.views.text import columns, value
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.problem import Problem, WrongUse

if TYPE_CHECKING:
    from gigaworks.inventory.declare import Declared
    from gigaworks.inventory.laws import Law


_NUMBERS: dict[str, Callable[[Blueprint, Stream], None]] = {
    "PWR": show_power,
    "COOL": show_cooling,
    "NET": show_network,
    "STO": show_storage,
    "SPA": show_halls,
    "GOV": show_site,
}


def explain_law(law: Law, declared: Declared | None, stream: Stream) -> None:
    """Show a law, and how the site stands to it with its own numbers where there is one."""
    stream.lines([f"{stream.paint(law.id, 'bold')}  {law.title}", "", law.explanation, ""])
    if declared is None:
        stream.line("With the numbers of a site: add --site FOLDER")
        return
    findings = [problem for problem in declared.findings if problem.id == law.id]
    show_problems(findings, stream)
    if not findings:
        stream.line(f"{stream.paint('holds', 'green')} on {declared.blueprint.site.name}:")
    numbers = _NUMBERS.get(law.id.partition("-")[0])
    if numbers:
        stream.line()
        numbers(declared.blueprint, stream)


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
