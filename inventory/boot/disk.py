"""What the install agent leaves on a node's disk, for those who start machines from it."""

from __future__ import annotations

from pathlib import Path


def root(disk: Path) -> Path:
    """Return where the installed system lies."""
    return disk / "root"


def installed(disk: Path) -> bool:
    """Whether the disk can be started from: its mark is the last thing that an installation writes."""
    return (disk / "installed").is_file() and root(disk).is_dir()
