"""Same site, same bytes: on any machine, with any hash seed, whatever order the files come in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from gigaworks.inventory.templates import copy_template

SCRIPT = """
import sys
from pathlib import Path
from gigaworks.inventory.canonical import canonical, digest
from gigaworks.inventory.declare import declare
root = Path(sys.argv[1])
print(digest(declare(root).blueprint), digest((root / "allocations.lock").read_text()))
"""


def digests(root: Path, seed: str) -> str:
    """Return the digests of a site's blueprint and numbers from a process with its own hash seed."""
    env = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(root)], capture_output=True, text=True, env=env, timeout=60, check=True
    )
    return done.stdout


def test_two_seeds_two_orders(tmp_path: Path) -> None:
    """A copy whose files were made in the opposite order, read under another hash seed, gives the same bytes."""
    here, there = tmp_path / "one" / "demo", tmp_path / "two" / "demo"
    copy_template("lab", here, {})
    for path in sorted(here.rglob("*"), reverse=True):
        if path.is_file():
            (there / path.relative_to(here)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, there / path.relative_to(here))

    assert digests(here, "1") == digests(there, "4242")
