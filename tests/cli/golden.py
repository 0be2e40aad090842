"""Compare a text with the file that holds what it should be; ``UPDATE_SCREENS=1 pytest tests/cli`` writes the files."""

from __future__ import annotations

import os
from pathlib import Path


def check(name: str, text: str) -> None:
    """Compare ``text`` with ``screens/<name>``."""
    path = Path(__file__).parent / "screens" / name
    if os.environ.get("UPDATE_SCREENS"):
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert text == path.read_text()
