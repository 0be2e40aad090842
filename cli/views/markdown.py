"""A plan, its findings or a drift as one comment on a change request: summary first, the rest folded, cut safely."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from gigaworks.cli.record.document import PlanDocument
from gigaworks.cli.record.results import Drift
from gigaworks.cli.views.drift import show_drift
from gigaworks.cli.views.plan import show_plan, summary
from gigaworks.cli.views.problems import show_problems
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import count
from gigaworks.inventory.canonical import write_whole
from gigaworks.inventory.problem import Problem

_LIMIT = 60_000  # characters; GitHub takes 65,536 a comment


def write_plan(plan: PlanDocument, path: Path) -> None:
    """Write the comment for a plan."""
    head = f"### {plan.site}: {'nothing to do' if plan.empty else summary(plan)}\n\nplan `{plan.sha256}`"
    broken = f"\n\n**{count(plan.laws.broken, 'law')} broken**" if plan.laws.broken else ""
    text = _text(lambda stream: show_plan(plan, stream, diff=True))
    then = "" if plan.empty else f"\n\nTo apply exactly this:\n\n    gigaworks apply {plan.site}.plan"
    write_whole(path, (head + broken + _folded("Show the plan", text) + then + "\n").encode())


def write_drift(drift: Drift, site: str, path: Path) -> None:
    """Write the comment for a drift."""
    told = f"{count(len(drift.items), 'setting')} drifted" if drift.items else "nothing has drifted"
    text = _text(lambda stream: show_drift(drift, stream, site))
    write_whole(path, (f"### {site}: {told}" + _folded("Show the drift", text) + "\n").encode())


def write_findings(findings: list[Problem], site: str, path: Path) -> None:
    """Write the comment for findings."""
    errors = sum(problem.severity == "error" for problem in findings)
    head = f"### {site}: {count(errors, 'error')}, {count(len(findings) - errors, 'warning')}"
    text = _text(lambda stream: show_problems(findings, stream))
    write_whole(path, (head + (_folded("Show the findings", text) if findings else "") + "\n").encode())


def _text(show: Callable[[Stream], None]) -> str:
    file = io.StringIO()
    show(Stream(file, width=120))
    return file.getvalue()


def _folded(title: str, text: str) -> str:
    """Return text as a folded diff block; a fence inside cannot end it, and what is too long is cut at a line."""
    if len(text) > _LIMIT:
        kept = text[:_LIMIT].rsplit("\n", 1)[0]
        rest = text.count("\n") - kept.count("\n")
        text = f"{kept}\n… and {rest} more lines; the whole is in the job's artefacts\n"
    marked = "\n".join(_marked(line) for line in text.rstrip().splitlines())
    fence = "`" * max(3, *(run + 1 for run in _fences(text)))
    return f"\n\n<details><summary>{title}</summary>\n\n{fence}diff\n{marked}\n{fence}\n\n</details>"


def _marked(line: str) -> str:
    """Move a change's sign to the first column, where the diff's colours look for it."""
    stripped = line.lstrip()
    indent = line[: len(line) - len(stripped)]
    if stripped[:1] in ("+", "-"):
        return stripped[0] + indent + stripped[1:]
    return "!" + line[1:] if stripped.startswith("~ ") and indent else line


def _fences(text: str) -> list[int]:
    runs = [0]
    for line in text.splitlines():
        stripped = line.strip()
        runs.append(len(stripped) - len(stripped.lstrip("`")))
    return runs
