"""How trouble looks: what, where with the line itself, why with figure and limit, how to fix it."""

from __future__ import annotations

import os
import traceback
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import width_of, wrap
from gigaworks.inventory.folder import cache
from gigaworks.inventory.problem import GigaworksError, Place, Problem


def show_problems(problems: Iterable[Problem], stream: Stream) -> None:
    """Show every problem, an empty line between; the files that their places name are opened from here."""
    for number, problem in enumerate(problems):
        stream.lines(([""] if number else []) + problem_lines(problem, stream))


def placed(problems: Iterable[Problem], root: Path) -> list[Problem]:
    """Return problems whose places are named from the current folder, not from the site's: to click on, to open."""
    found = []
    for problem in problems:
        if problem.where and not Path(problem.where.file).is_absolute():
            file = os.path.relpath(root / problem.where.file)
            problem = msgspec.structs.replace(problem, where=msgspec.structs.replace(problem.where, file=file))  # noqa: PLW2901
        found.append(problem)
    return found


def problem_lines(problem: Problem, stream: Stream) -> list[str]:
    """Return one problem as lines."""
    head = stream.paint("waived" if problem.waived else problem.severity, problem.severity)
    if problem.id:
        head += " " + stream.paint(problem.id, "bold")
    subject = f"{problem.subject}: " if problem.subject and problem.subject not in problem.summary else ""
    lines = [f"{head}  {subject}{problem.summary}"]
    snippet = _snippet(problem.where, stream) if problem.where else []
    indent = " " * (len(str(problem.where.line)) + 1 if problem.where and problem.where.line else 3)
    width = stream.width - len(indent)
    lines += snippet
    lines += [indent + text for text in wrap(problem.detail, width)] if problem.detail else []
    for label, text in (
        ("waived", problem.waived),
        ("fix", problem.fix),
        ("same", _listed(problem.same)),
        ("more", _more(problem)),
    ):
        if not text:
            continue
        first, *rest = [part for line in text.splitlines() for part in wrap(line, width - 6)]
        lines.append(f"{indent}{stream.paint(label.ljust(5), 'cyan')} {first}")
        lines += [f"{indent}      {part}" for part in rest]
    return lines


def _more(problem: Problem) -> str:
    return f"gigaworks explain {problem.id}" if problem.id and not problem.id.startswith("ROLE-") else ""


def _listed(names: tuple[str, ...], most: int = 12) -> str:
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" and {rest} more" if rest > 0 else "")


def _snippet(place: Place, stream: Stream) -> list[str]:
    """Return the line itself with its part underlined; only the place where the line cannot be read."""
    gutter = len(str(place.line)) if place.line else 2
    lines = [" " * gutter + " " + stream.paint("╭─", "dim") + f" {place}"]
    text = _line_of(place)
    if text is None:
        return lines
    bar = stream.paint("│", "dim")
    shown = text.expandtabs(2)
    lines.append(f"{place.line} {bar} {shown.rstrip()}")
    if place.column:
        before = width_of(text[: place.column - 1].expandtabs(2))
        length = max(1, (place.end_column or place.column + 1) - place.column)
        length = min(length, max(1, len(shown) - before))
        lines.append(" " * gutter + f" {bar} " + " " * before + stream.paint("━" * length, "red"))
    return lines


def _line_of(place: Place) -> str | None:
    if not place.line:
        return None
    try:
        lines = Path(place.file).read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return None
    return lines[place.line - 1] if place.line <= len(lines) else None


def show_failure(error: Exception, stream: Stream) -> int:
    """Show why a command ended and return its exit code; what nobody expected goes to a file as well."""
    if isinstance(error, GigaworksError):
        show_problems(error.problems, stream)
        return error.exit_code
    path = _keep_traceback(error)
    problem = Problem(
        f"something unexpected happened ({type(error).__name__})",
        " ".join(str(error).split())[:300],
        f"this is a bug in Gigaworks; please report it with {path}" if path else "this is a bug in Gigaworks",
    )
    show_problems([problem], stream)
    return 1


def _keep_traceback(error: Exception) -> Path | None:
    """Write the traceback where only this user reads it: never on the screen."""
    path = cache() / "debug" / f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{os.getpid()}.txt"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w") as file:
            file.writelines(traceback.format_exception(error))
    except OSError:
        return None
    return path
