"""YAML is read by the rules of YAML 1.2, and every value knows where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.inventory.source import MAX_BYTES, Unreadable, parse, read_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"), ("on", "on"), ("true", True), ("FALSE", False), ("~", None), ("", None), ("null", None),
        ("12", 12), ("012", 12), ("0o17", 15), ("0x1F", 31), ("1_000", "1_000"), ("12:30", "12:30"), ("1.5", 1.5),
        ("1e3", 1000.0), (".5", 0.5), ("2026-11-23", "2026-11-23"), ("'12'", "12"), ("=", "="), ("<<", "<<"),
        ("9" * 50, "9" * 50),
    ],
)  # fmt: skip
def test_scalars(text: str, value: object) -> None:
    """Only the YAML 1.2 core schema turns text into something else: no Norway, no sexagesimals, no dates."""
    assert parse(f"a: {text}\n", "f")[0]["a"] == value


def test_places() -> None:
    """Keys, values and items know line, column and, on one line, their end."""
    top, _ = parse("a:\n  b: [x, {c: 1}]\n", "f")

    assert str(top.keys_at["a"]) == "f:1:1"
    assert str(top["a"].keys_at["b"]) == "f:2:3"
    assert (top["a"].values_at["b"].column, top["a"].values_at["b"].end_column) == (6, 17)
    assert str(top["a"]["b"].values_at[1]) == "f:2:10"


def test_too_large(tmp_path: Path) -> None:
    """A file over 4 MB is refused before it is read."""
    path = tmp_path / "big.yaml"
    path.write_bytes(b"a: " + b"x" * MAX_BYTES)

    with pytest.raises(Unreadable) as caught:
        read_text(path, "big.yaml")

    assert "4 MB" in caught.value.problem.detail


def test_not_readable(tmp_path: Path) -> None:
    """A file that is a folder is refused with the system's reason."""
    with pytest.raises(Unreadable) as caught:
        read_text(tmp_path, "x.yaml")

    assert "directory" in caught.value.problem.detail


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet=st.sampled_from("ab:-[]{}&*!|>'\"#,? \n%@`~<=0") | st.characters(), max_size=60))
def test_never_a_traceback(text: str) -> None:
    """Whatever stands in a file, it is a mapping with places or a problem with a place."""
    try:
        top, problems = parse(text, "f")
    except Unreadable as error:
        problems = [error.problem]
    else:
        assert set(top) == set(top.keys_at)
    assert all(p.where is not None and p.where.line for p in problems)
