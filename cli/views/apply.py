"""A long run as it goes: redrawn in place on a terminal, one line an event in a log; bad news at once."""

from __future__ import annotations

import time
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import msgspec

from gigaworks.cli.record.results import Outcome
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.problems import problem_lines
from gigaworks.cli.views.progress import STATES, Progress, is_failure, spell
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import count, joined
from gigaworks.cli.workflows.events import Event
from gigaworks.inventory.problem import Problem

if TYPE_CHECKING:
    from rich.live import Live
    from rich.text import Text

_QUIET_S = 10.0  # a log says where things stand at most this often
_MARKS = {"running": "…", "done": "✓", "unchanged": "✓", "failed": "✗"}


class View(Protocol):
    """What takes the events of a run; several may look at the same one."""

    def event(self, event: Event) -> None:
        """Take one event."""

    def close(self) -> None:
        """Leave the screen in order; the run has ended."""


class Log:
    """One line an event, for CI and files."""

    def __init__(self, stream: Stream, *, verbose: bool = False) -> None:
        self.stream, self.verbose = stream, verbose
        self.progress = Progress(time.monotonic())
        self._told = self.progress.began

    def event(self, event: Event) -> None:
        """Write what the event says; live text at most every ten seconds."""
        now = time.monotonic()
        self.progress.take(event, now)
        if event.kind == "progress":
            if now - self._told < _QUIET_S and not self.verbose:
                return
            self._told = now
        lines = event_lines(event, self.stream, verbose=self.verbose)
        if lines:
            clock = datetime.now().astimezone().strftime("%H:%M:%S")
            self.stream.lines([f"{clock} {lines[0]}", *(" " * 9 + line for line in lines[1:])])

    def close(self) -> None:
        """Nothing is left open in a log."""


class Redrawn:
    """Counts and states in place on a terminal; what went wrong scrolls by above and stays."""

    def __init__(self, stream: Stream, title: str) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        self.stream, self.title, self._text = stream, title, Text
        self.progress = Progress(time.monotonic())
        colours = "standard" if stream.colour else None
        console = Console(file=stream.file, color_system=colours, force_terminal=True, highlight=False)  # type: ignore[arg-type]
        self._live: Live = Live(console=console, refresh_per_second=4, get_renderable=self._screen, transient=True)
        self._live.start()

    def event(self, event: Event) -> None:
        """Fold the event in; bad news is written above at once."""
        self.progress.take(event, time.monotonic())
        if is_failure(event):
            for line in event_lines(event, self.stream):
                self._live.console.print(self._text.from_ansi(line))

    def close(self) -> None:
        """Remove what was redrawn; the end of the run is told by `show_outcome`."""
        self._live.stop()

    def _screen(self) -> Text:
        lines = live_lines(self.progress, self.title, time.monotonic(), self.stream)
        return self._text.from_ansi("\n".join(lines), overflow="ellipsis", no_wrap=True)


def live_lines(progress: Progress, title: str, now: float, stream: Stream) -> list[str]:
    """Return the live screen as lines."""
    lines = [f"{stream.paint(title, 'bold')}   {spell(now - progress.began)}   {progress.phase}".rstrip()]
    if progress.stacks:
        marks = [f"{_MARKS.get(status, '·')} {name}" for name, status in progress.stacks.items()]
        lines.append("  stacks     " + "  ".join(marks))
    if progress.nodes:
        number, of = progress.wave.get("number"), progress.wave.get("of")
        names = fold(progress.wave.get("nodes", ()))
        lines.append(f"  wave {number}/{of}   {names}" if number else "  nodes")
        counts = progress.counts()
        shown = [f"{state} {counts[state]}" for state in STATES if counts[state] or state in ("in service", "failed")]
        lines.append("             " + " · ".join(shown))
    slow = progress.slowest()
    if slow:
        waited = spell(now - progress.since.get(slow, progress.began))
        note = progress.notes.get(slow, "")
        lines.append(f"  slowest    {slow}  {progress.nodes[slow]} {waited}{': ' + note if note else ''}")
    elif progress.note:
        lines.append(f"  {progress.note}")
    return [line[: stream.width + 20] for line in lines]


def event_lines(event: Event, stream: Stream, *, verbose: bool = False) -> list[str]:
    """Return what a log says about an event; nothing for what only machines count."""
    data = event.data
    match event.kind:
        case "phase":
            return [stream.paint(" ".join(filter(None, (event.subject, event.message))), "bold")]
        case "progress" if event.message:
            return [" ".join(filter(None, (event.subject, event.message)))]
        case "stack":
            changed = f"   {count(data['changed'], 'change')}" if data.get("changed") else ""
            return [f"stack {event.subject}  {data.get('status', '')}{changed}  {event.message}".rstrip()]
        case "resource" if verbose or data.get("status") == "failed":
            what = f"resource {data.get('stack', '')} {event.subject}  {data.get('op', '')} {data.get('status', '')}"
            error = str(data.get("error") or event.message)
            return [what, *(f"  {line}" for line in error.splitlines())]
        case "wave":
            return [f"wave {data.get('number')}/{data.get('of')}  {fold(data.get('nodes', ()))}"]
        case "node":
            return _node_lines(event, stream)
        case "check" if verbose or data.get("ok") is False:
            verdict = "ok" if data.get("ok") else stream.paint("failed", "red")
            seen = f"expected {data.get('expected')}, observed {data.get('observed')}"
            return [f"check {event.subject}  {data.get('role')}/{data.get('id')}  {verdict}  {seen}"]
        case "problem":
            return problem_lines(msgspec.convert(data.get("problem", data), Problem), stream)
    return []


def _node_lines(event: Event, stream: Stream) -> list[str]:
    before, after = event.data.get("before", ""), str(event.data.get("after", ""))
    bad = is_failure(event)
    first, *rest = event.message.splitlines() or [""]
    state = stream.paint(after, "red") if bad else after
    return [f"node {event.subject}{'!' if bad else ''}  {before} → {state}   {first}", *("  " + line for line in rest)]


def show_outcome(
    outcome: Outcome, stream: Stream, seconds: float, *, again: str, then: str, forecast_minutes: float | None = None
) -> None:
    """Tell how the run ended: what was done, what failed, what was skipped, and the command that carries on.

    A run to the end is held against the minutes that its plan foresaw.
    """
    took = f" in {spell(seconds)}" if seconds >= 1 else ""
    if outcome.result == "done":
        foreseen = f" ({spell(forecast_minutes * 60)} foreseen)" if took and forecast_minutes else ""
        stream.line(f"{stream.paint('done', 'green')}: {count(outcome.done, 'change')}{took}{foreseen}. {then}")
        return
    word = "done in part" if outcome.result == "part" else "failed"
    if outcome.paused:
        stream.line(f"paused {outcome.paused}")
    total = outcome.done + len(outcome.failed) + len(outcome.skipped)
    told = joined(
        [
            f"{outcome.done} of {total}",
            f"{len(outcome.failed)} failed ({fold(outcome.failed)})" if outcome.failed else "",
            f"{len(outcome.skipped)} skipped ({fold(outcome.skipped)})" if outcome.skipped else "",
        ]
    )
    stream.line(f"{stream.paint(word, 'error')}: {told}{took}. Again for exactly these: {again}")
