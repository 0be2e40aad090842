"""What is shipped: the wheel made from the sdist holds the four packages and everything they read at run time."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
NEEDED = (".j2", ".yaml", ".sh", ".html", ".md", ".css", "go.mod", "go.sum", "py.typed")


def tracked() -> set[str]:
    """Return what git tracks in the four packages, by its path in the wheel."""
    listed = subprocess.run(
        ["git", "ls-files", "cli", "inventory", "roles", "stacks"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return {f"gigaworks/{name}" for name in listed.stdout.splitlines() if name.endswith((".py", *NEEDED))}


def test_wheel_from_sdist_is_whole(tmp_path: Path) -> None:
    """Every module, template, script and data file of the repository is in the wheel that is built from the sdist."""
    subprocess.run(
        [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)],
        capture_output=True,
        timeout=300,
        check=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        shipped = set(archive.namelist())

    assert tracked() - shipped == set()
    assert not [
        name
        for name in shipped
        if name.split("/")[0] not in {"gigaworks", wheel.name.rpartition("-py3")[0] + ".dist-info"}
    ]
