"""The versions that matter when two people compare what they see."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from gigaworks import __version__
from gigaworks.cli.record import git
from gigaworks.cli.record.document import FORMAT_VERSION
from gigaworks.cli.views.jsonl import SCHEMA


def versions() -> dict[str, Any]:
    """Return the version of Gigaworks, its commit where it runs from git, its formats, and its main parts."""
    state = git.head(Path(__file__).resolve().parents[2])
    parts = {"python": platform.python_version()}
    for name in ("pulumi", "pyinfra", "sushy", "click"):
        try:
            parts[name] = version(name)
        except PackageNotFoundError:
            parts[name] = "missing"
    return {
        "gigaworks": __version__,
        "commit": state.commit + ("-changed" if state.dirty else "") if state else None,
        "formats": {"site": "1", "plan": FORMAT_VERSION, "json": SCHEMA},
        "parts": parts,
    }
