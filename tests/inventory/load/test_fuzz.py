"""Whatever happens to the lines of a site file, there are problems with places or a blueprint, never a traceback."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.inventory.declare import declare
from gigaworks.inventory.problem import SiteError
from gigaworks.inventory.templates import copy_template

JUNK = st.sampled_from(
    ["", "null", "[]", "{}", "-1", "0", "1e9", "no", "'x[1-3]'", "[a, b]", "{a: b}", "999999999 kW", "0 A", "n+9", "2n"]
) | st.sampled_from(
    [
        "busway-[a,b]",
        "h1",
        "1.5",
        "10.77.0.0/16",
        "10.77.0.1",
        "gpu-01-n1",
        "*x",
        "&x 1",
        "!!int 3",
        "<<",
        "n[1-",
        "0 kW",
    ]
)
EDITS = st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["cut", "twice", "value", "indent"]), JUNK), max_size=4)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a lab site and the text of its files."""
    root = tmp_path_factory.mktemp("fuzz") / "demo"
    copy_template("lab", root, {})
    return root, {p.relative_to(root).as_posix(): p.read_text() for p in sorted(root.rglob("*.yaml"))}


@settings(max_examples=150, deadline=None)
@given(EDITS)
def test_edited_lines(lab: tuple[Path, dict[str, str]], edits: list[tuple[int, str, str]]) -> None:
    """Lines cut, doubled, indented or given other values lead to problems with a file, or to a blueprint."""
    root, texts = lab
    lines = [(name, line) for name, text in texts.items() for line in text.splitlines()]
    for number, kind, junk in edits:
        at = number % len(lines)
        name, line = lines[at]
        key = line.partition(":")[0]
        put = {"cut": [], "twice": [line, line], "value": [f"{key}: {junk}"], "indent": [f"  {line}"]}[kind]
        lines[at : at + 1] = [(name, text) for text in put]
    for name in texts:
        (root / name).write_text("\n".join(line for file, line in lines if file == name) + "\n")

    try:
        findings = declare(root, write=False, today=dt.date(2026, 11, 23)).findings
    except SiteError as error:
        findings = list(error.problems)
        assert findings

    assert all(p.where is not None and p.where.file and p.summary and p.detail for p in findings)
