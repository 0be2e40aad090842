"""Scenes: what is typed and what is then seen. Each file of ``scenes/`` is one; ``UPDATE_SCREENS=1`` writes them anew.

``$ gigaworks …`` runs that command in this process, any other ``$`` line runs in a shell; ``exit N`` follows where the
exit code is not 0. All commands of a scene share one empty folder.
"""

from __future__ import annotations

import io
import os
import re
import shlex
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from gigaworks.cli.main import run
from gigaworks.cli.views.screen import Screen, Stream

SCENES = sorted((Path(__file__).parent / "scenes").glob("*.txt"))
REDACTED = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"\b[0-9a-f]{12}…"), "<sha>…"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?Z?)?"), "<time>"),
    (re.compile(r"in \d+\.\d s"), "in <seconds> s"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "<commit>"),
    (re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{7}\b"), "<commit>"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)


@pytest.mark.parametrize("scene", SCENES, ids=lambda path: path.stem)
def test_a_scene_plays_as_it_is_written(scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the scene prints exactly what stands below it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / ".cache"))
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "NO_COLOR", "FORCE_COLOR", "SUDO_UID"):
        monkeypatch.delenv(name, raising=False)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@demo.example")
        monkeypatch.setenv(f"GIT_{role}_DATE", "2026-11-22T14:03:00Z")
    played = "".join(_play(line, tmp_path) for line in scene.read_text().splitlines() if line[:1] in ("$", "#"))
    assert "something unexpected" not in played
    if os.environ.get("UPDATE_SCREENS"):
        scene.write_text(played)
    assert played == scene.read_text()


def _play(line: str, folder: Path) -> str:
    """Return a line of a scene with what it printed; comments stay as they are."""
    if line.startswith("#"):
        return line + "\n"
    program, _, arguments = line.removeprefix("$ ").partition(" ")
    if program == "gigaworks":
        file = io.StringIO()
        stream = Stream(file, width=110)
        with redirect_stdout(file), redirect_stderr(file):  # Click prints its help pages itself
            code = run(shlex.split(arguments), Screen(stream, stream))
        text = file.getvalue()
    else:
        command = ["sh", "-c", line.removeprefix("$ ")]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        code, text = done.returncode, done.stdout + done.stderr
    text = text.replace(str(folder), "<here>")
    for pattern, instead in REDACTED:
        text = pattern.sub(instead, text)
    ended = f"exit {code}\n" if code else ""
    return f"{line}\n{text}{ended}"
