"""Record the demo as a picture for the README: ``python -m tests.record`` runs it and writes ``docs/session.svg``."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).parents[1]
WIDTH = 150
SHOWN = re.compile(r"^\$ gigaworks (init|check|lab up|plan|apply|status|drift|audit verify)\b")


def main() -> None:
    """Run the demo, pass its output on, and keep the telling parts of it."""
    environment = {**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(WIDTH)}
    process = subprocess.Popen(
        [ROOT / "tests/demo.sh"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=environment, text=True
    )
    lines: list[str] = []
    for line in process.stdout or ():
        sys.stdout.write(line)
        lines.append(line.rstrip("\n"))
    if process.wait():
        sys.exit("the demo failed: nothing is recorded")
    console = Console(record=True, width=WIDTH, file=io.StringIO(), force_terminal=True)
    for line in telling(lines):
        console.print(Text.from_ansi(line), soft_wrap=False, overflow="crop", no_wrap=True)
    console.save_svg(str(ROOT / "docs/session.svg"), title="make demo")


def telling(lines: list[str]) -> list[str]:
    """Return the commands of the main job with their output; of a long one the beginning and the end."""
    kept: list[str] = []
    block: list[str] = []
    for line in [*lines, "$ end"]:
        if line.startswith("$ "):
            if block and SHOWN.match(block[0]):
                kept += [*block[:14], "  …", *block[-12:]] if len(block) > 30 else block
            block = []
        block.append(line)
    return kept


main()
