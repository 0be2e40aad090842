"""Two streams, what each of them can do, and nothing that Click decides for us."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TextIO

STYLES = {
    "bold": "1",
    "dim": "2",
    "red": "31",
    "green": "32",
    "yellow": "33",
    "cyan": "36",
    "error": "1;31",
    "warning": "1;33",
}


@dataclass
class Stream:
    """A text stream; ``live`` ones are terminals that can be redrawn, ``width`` is in columns."""

    file: TextIO
    colour: bool = False
    live: bool = False
    width: int = 100
    broken: bool = field(default=False, init=False)  # the reader went away: say no more, but work on

    @classmethod
    def of(cls, file: TextIO, environment: Mapping[str, str]) -> Stream:
        """Look at a stream and the environment: NO_COLOR, FORCE_COLOR, TERM=dumb, CI, COLUMNS."""
        terminal = file.isatty()
        dumb = environment.get("TERM") == "dumb"
        forced = environment.get("FORCE_COLOR", "") not in ("", "0")
        colour = not environment.get("NO_COLOR") and (forced or (terminal and not dumb))
        live = terminal and not dumb and not environment.get("CI")
        width = shutil.get_terminal_size((100, 24)).columns if terminal or "COLUMNS" in environment else 100
        return cls(file, colour=colour, live=live, width=max(width, 60))

    def paint(self, text: str, style: str) -> str:
        """Return ``text`` in a style of ``STYLES``, or as it is where colour is off."""
        return f"\x1b[{STYLES[style]}m{text}\x1b[0m" if self.colour and text else text

    def write(self, text: str) -> None:
        """Write ``text``; a reader that went away silences the stream and stops nothing."""
        if self.broken:
            return
        try:
            self.file.write(text)
            self.file.flush()
        except BrokenPipeError:
            self.broken = True

    def line(self, text: str = "") -> None:
        """Write one line, without spaces at its end."""
        self.write(text.rstrip() + "\n")

    def lines(self, texts: list[str]) -> None:
        """Write several lines at once."""
        self.write("".join(text.rstrip() + "\n" for text in texts))


@dataclass
class Screen:
    """stdout for data, stderr for talk; ``interactive`` when a person can be asked."""

    out: Stream
    err: Stream
    interactive: bool = False

    @classmethod
    def of_process(cls) -> Screen:
        """Return the screen of this process."""
        for file in (sys.stdout, sys.stderr):
            if hasattr(file, "reconfigure"):
                file.reconfigure(errors="replace")  # a terminal without UTF-8 shows "?", not a traceback
        asked = sys.stdin is not None and sys.stdin.isatty() and sys.stderr.isatty() and not os.environ.get("CI")
        return cls(Stream.of(sys.stdout, os.environ), Stream.of(sys.stderr, os.environ), asked)

    def ask(self, question: str) -> str:
        """Ask a person and return the answer without spaces around it.

        Raises:
            KeyboardInterrupt: the input ended.

        """
        self.err.write(question)
        answer = sys.stdin.readline()
        if not answer:
            raise KeyboardInterrupt
        return answer.strip()

    def flush(self) -> None:
        """Let Python close a pipe whose reader is gone without a word."""
        for stream in (self.out, self.err):
            if stream.broken:
                with suppress(OSError, ValueError):
                    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.file.fileno())
