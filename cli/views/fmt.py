"""Which site files are not in the one form, and the lines that differ."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from pathlib import Path

from gigaworks.cli.views.screen import Stream


def show_changes(changes: Mapping[Path, tuple[str, str]], stream: Stream, *, diff: bool) -> None:
    """Name each file, or show its lines before and after as a unified diff."""
    for file, (before, after) in changes.items():
        if not diff:
            stream.line(str(file))
            continue
        lines = difflib.unified_diff(
            before.splitlines(), after.splitlines(), str(file), f"{file} (formatted)", lineterm=""
        )
        styles = {"+": "green", "-": "red", "@": "cyan"}
        stream.lines([stream.paint(line, styles[line[0]]) if line[:1] in styles else line for line in lines])
