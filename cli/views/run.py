"""Everybody who watches a run: the screen, JSON lines, a file beside them; and the tally that reports are made of."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from gigaworks.cli.views.apply import Log, Redrawn, View
from gigaworks.cli.views.jsonl import Lines, into_file
from gigaworks.cli.views.progress import Progress
from gigaworks.cli.views.screen import Screen
from gigaworks.cli.workflows.events import Event
from gigaworks.inventory.problem import GigaworksError, Problem


class Run:
    """A context manager around a workflow; ``emit`` is what the workflow calls.

    Args:
        screen: where people look; with ``as_json`` its stdout carries JSON lines and nothing else.
        title: what is being done, such as ``apply demo.plan``.
        into: a file that gets the JSON lines beside the screen.

    """

    def __init__(
        self, screen: Screen, title: str, *, as_json: bool = False, into: Path | None = None, verbose: bool = False
    ) -> None:
        self.began = time.monotonic()
        self.as_json = as_json
        self.progress = Progress(self.began)
        self.lines = [Lines(screen.out)] if as_json else []
        if into:
            self.lines.append(Lines(_open(into)))
        self._screen, self._title, self._verbose = screen, title, verbose
        self._view: View | None = None

    def emit(self, event: Event) -> None:
        """Give an event to every view; the one on the screen is opened by the first event."""
        self.progress.take(event, time.monotonic())
        for lines in self.lines:
            lines.event(event)
        if not self.as_json:
            if self._view is None:
                err = self._screen.err
                self._view = Redrawn(err, self._title) if err.live else Log(err, verbose=self._verbose)
            self._view.event(event)

    def settle(self) -> None:
        """Leave the screen in order, so that something else can be shown; the next event opens it again."""
        if self._view:
            self._view.close()
            self._view = None

    def say(self, kind: str, **content: Any) -> None:
        """Write a line of JSON where JSON is written."""
        for lines in self.lines:
            lines.say(kind, **content)

    @property
    def seconds(self) -> float:
        """How long the run took so far."""
        return time.monotonic() - self.began

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if isinstance(error, GigaworksError):
            for problem in error.problems:
                self.say("problem", subject=problem.subject, message=problem.summary, data=msgspec.to_builtins(problem))
        elif error is not None:
            self.say("problem", subject="", message=f"ended by {type(error).__name__}", data={})
        self.settle()


def _open(path: Path) -> Any:
    try:
        return into_file(path)
    except OSError as error:
        raise GigaworksError(Problem("a file cannot be written", f"{path}: {error.strerror}", "name another")) from None
