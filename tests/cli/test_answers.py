"""What `capacity` and `what-if` answer as JSON: one document, the same figures as on the screen."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.cli.player import play, sit_down


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sit in a folder with a lab site."""
    sit_down(tmp_path, monkeypatch)
    assert play("gigaworks init demo", tmp_path)[0] == 0
    return tmp_path


def asked(command: str, here: Path) -> dict[str, Any]:
    """Return the document that a command prints."""
    code, text = play(f"{command} --json", here)
    assert code == 0
    found: dict[str, Any] = msgspec.json.decode(text)
    assert found["schema"] == "1.0"
    return found


def test_capacity(here: Path) -> None:
    """Every kind with its racks, what fits, every resource with its law; one kind alone is the same answer."""
    every = asked("gigaworks capacity demo", here)
    (one,) = asked("gigaworks capacity demo --like gpu-01", here)["kinds"]

    assert [kind["kind"]["places"] for kind in every["kinds"]] == [
        [["h1/cpu-01"]],
        [["h1/gpu-01"]],
        [["h1/sto-01", "h1/sto-02", "h1/sto-03"]],
        [["h1/svc-01"]],
    ]
    assert one in every["kinds"]
    assert one["fits"] == one["rooms"][0]["fits"] == sum(one["more"].values())
    assert {room["figure"]["law"].partition("-")[0] for room in one["rooms"]} == {"PWR", "COOL", "NET"}
    assert one["unknown"] == ["the limit of cooling/h1/fws heat"]
    assert every["stranded"] == []


def test_what_if(here: Path) -> None:
    """What is lost by its full name, what is down and why, and the counts."""
    found = asked("gigaworks what-if demo --lose cdu-1 --lose sto-01", here)

    assert found["lost"] == ["cooling/h1/cdu-1", "rack/h1/sto-01"]
    assert found["down"]["node/gpu-01-n1"] == "no cooling: h1/cdu-1 is lost"
    assert found["summary"] == {"node": 3, "switch": 0, "volume": 0}
    assert found["accelerators"] == 4
    assert found["degraded"] == [{"subject": "volume/scratch", "detail": "1 of 3 bricks gone; 1 may be"}]
