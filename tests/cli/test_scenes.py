"""Scenes: what is typed and what is then seen. Each file of ``scenes/`` is one; ``UPDATE_SCREENS=1`` writes them anew.

``$ gigaworks …`` runs that command in this process, any other ``$`` line runs in a shell; ``exit N`` follows where the
exit code is not 0. All commands of a scene share one empty folder.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.cli.player import play, redacted, sit_down

SCENES = sorted((Path(__file__).parent / "scenes").glob("*.txt"))


@pytest.mark.parametrize("scene", SCENES, ids=lambda path: path.stem)
def test_a_scene_plays_as_it_is_written(scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every command of the scene prints exactly what stands below it."""
    sit_down(tmp_path, monkeypatch)
    played = "".join(_play(line, tmp_path) for line in scene.read_text().splitlines() if line[:1] in ("$", "#"))
    assert "something unexpected" not in played
    if os.environ.get("UPDATE_SCREENS"):
        scene.write_text(played)
    assert played == scene.read_text()


def _play(line: str, folder: Path) -> str:
    """Return a line of a scene with what it printed; comments stay as they are."""
    if line.startswith("#"):
        return line + "\n"
    code, text = play(line.removeprefix("$ "), folder)
    ended = f"exit {code}\n" if code else ""
    return f"{line}\n{redacted(text)}{ended}"
