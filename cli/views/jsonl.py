"""Events for programs: one JSON object a line, the first one the version of the format."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec

from gigaworks.cli.views.screen import Stream
from gigaworks.cli.workflows.events import Event
from gigaworks.inventory.canonical import pretty

SCHEMA = "1.0"


class Lines:
    """A stream of JSON lines with ``type``, ``sequence``, ``at`` (UTC, RFC 3339) and what belongs to the type."""

    def __init__(self, stream: Stream) -> None:
        self.stream, self._sequence = stream, 0
        self.say("version", schema=SCHEMA)

    def say(self, kind: str, **content: Any) -> None:
        """Write one line."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        line = {"type": kind, "sequence": self._sequence, "at": at, **content}
        self._sequence += 1
        self.stream.write(msgspec.json.encode(line).decode() + "\n")

    def event(self, event: Event) -> None:
        """Write an event."""
        self.say(event.kind, subject=event.subject, message=event.message, data=event.data)


def show_document(content: dict[str, Any], stream: Stream) -> None:
    """Write one JSON document with its schema version: for commands that answer at once."""
    stream.write(pretty({"schema": SCHEMA, **content}).decode())


def into_file(path: Path) -> Stream:
    """Open a file for `Lines`, beside what the screen shows.

    Raises:
        OSError: it cannot be written.

    """
    return Stream(io.TextIOWrapper(path.open("wb"), encoding="utf-8", write_through=True))
