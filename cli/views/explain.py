"""What a law says, what a role takes, why something is in a plan."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gigaworks.cli.record.document import PlanDocument
from gigaworks.cli.views.jsonl import show_document
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.plan import noun
from gigaworks.cli.views.problems import show_problems
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, value
from gigaworks.inventory.problem import Problem, WrongUse
from gigaworks.inventory.ranges import natural

if TYPE_CHECKING:
    from gigaworks.inventory.declare import Declared
    from gigaworks.inventory.laws import Case, Law, Measure
    from gigaworks.roles.catalog import Role


SHOWN = 8  # rows on a screen; `--json` has them all


def list_laws(stream: Stream) -> int:
    """List every law by its id."""
    from gigaworks.inventory.laws import LAWS

    laws = sorted(LAWS.values(), key=lambda law: natural(law.id))
    stream.lines(columns([(stream.paint(law.id, "bold"), law.title) for law in laws]))
    return 0


def explain_law(law: Law, declared: Declared | None, stream: Stream) -> None:
    """Show a law, and how the site stands to it: each figure beside its limit, the most strained first."""
    stream.lines([f"{stream.paint(law.id, 'bold')}  {law.title}", "", law.explanation, ""])
    if declared is None:
        stream.line("With the numbers of a site: add --site FOLDER")
        return
    site, findings, measures = declared.blueprint.site.name, _findings(law, declared), law.measures(_case(declared))
    show_problems(findings, stream)
    if not findings:
        words = f"{stream.paint('holds', 'green')} on {site}" if measures else f"{site} has nothing that it judges"
        stream.line(words + (":" if measures else ""))
    rows = _rows(measures, stream)
    if rows:
        stream.lines(["", *columns(rows, indent=2, right=(2, 3, 4))])


def explain_law_json(law: Law, declared: Declared | None, stream: Stream) -> None:
    """Write a law and every figure that it looked at as one document; without a site, the law alone."""
    content: dict[str, Any] = {"law": law.id, "title": law.title, "explanation": law.explanation}
    if declared is not None:
        findings = _findings(law, declared)
        content |= {
            "site": declared.blueprint.site.name,
            "holds": not any(problem.severity == "error" for problem in findings),
            "measures": [
                {**one._asdict(), "margin": one.margin, "broken": one.broken} for one in law.measures(_case(declared))
            ],
            "findings": [msgspec.to_builtins(problem) for problem in findings],
        }
    show_document(content, stream)


def _findings(law: Law, declared: Declared) -> list[Problem]:
    return [problem for problem in declared.findings if problem.id == law.id]


def _case(declared: Declared) -> Case:
    from gigaworks.inventory.laws import Case

    return Case(declared.blueprint, declared.site)


def _rows(measures: Sequence[Measure], stream: Stream) -> list[tuple[str, ...]]:
    """Return subject, what, figure, limit and what is left; subjects of which the same is true share a row."""
    alike: dict[Measure, list[str]] = {}
    for one in measures:
        kind, _, name = one.subject.partition("/")
        alike.setdefault(one._replace(subject=kind), []).append(name)
    rows = [_row(one, names, stream) for one, names in list(alike.items())[:SHOWN]]
    rest = sum(len(names) for names in list(alike.values())[SHOWN:])
    return [*rows, (f"… and {rest:,} more",)] if rest else rows


def _row(one: Measure, names: list[str], stream: Stream) -> tuple[str, ...]:
    from gigaworks.inventory.laws.measure import quantity

    subject = "/".join(filter(None, (one.subject, fold(names))))
    figure, limit = one.texts
    row = (subject, one.what, figure)
    if one.margin is None:
        return row
    limit, left = f"{'≥' if one.least else '≤'} {limit}", quantity(abs(one.margin), one.unit)
    if one.broken:
        return (*row, limit, stream.paint(f"{left} too {'little' if one.least else 'much'}", "red"))
    return (*row, limit, f"{left} left")


def find_role(name: str, own: Path) -> Role:
    """Return a role of ours or, where ``own`` is a folder, of the site's.

    Raises:
        WrongUse: there is none of that name.
    """
    from gigaworks.cli.opening import one_of
    from gigaworks.roles import catalog

    folder = own if own.is_dir() else None
    return catalog.role(one_of(catalog.names(folder), name, "role"), folder)


def explain_role_json(role: Role, stream: Stream) -> None:
    """Write a role as one document: its parameters' schema, and its checks on an example node."""
    from gigaworks.roles import handbook

    content = {
        "role": role.name,
        "explanation": handbook.text(role),
        "architectures": role.architectures,
        "exercised": role.exercised,
        "parameters": role.params.model_json_schema(),
        "checks": [
            {"id": check.id, "summary": check.summary, "expected": check.expected, "unit": check.unit}
            for check in handbook.checks(role)
        ],
    }
    show_document(content, stream)


def explain_role(role: Role, stream: Stream) -> None:
    """Show a role: what it does, where, its parameters with type and default, and its checks on an example node."""
    from gigaworks.roles import handbook

    stream.lines([f"{stream.paint(f'roles.{role.name}', 'bold')}  {', '.join(role.architectures)}", ""])
    stream.lines([handbook.text(role), ""])
    found = handbook.parameters(role)
    for kind, parameters in found.items():
        stream.line(f"{kind} parameters".strip())
        for parameter in parameters:
            name = stream.paint(parameter.name, "bold")
            stream.lines([f"  {name}: {parameter.type} = {parameter.default}", f"      {parameter.description}"])
        stream.line()
    if not found:
        stream.lines(["It takes no parameters.", ""])
    rows = [("check", "expected on an example node", "")]
    for check in handbook.checks(role):
        expected = "told, not judged" if check.expected is None else f"{value(check.expected)} {check.unit}".strip()
        rows.append((check.id, expected, check.summary))
    stream.lines(columns(rows))


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
