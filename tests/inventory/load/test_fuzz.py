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


@pytest.fixture(scope="module")
def units(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a site of scalable units and overrides, and the text of its file."""
    root = tmp_path_factory.mktemp("fuzz-units")
    return root, {"site.yaml": (Path(__file__).parents[1] / "repeat" / "units.yaml").read_text()}


TYPES = {
    "device-types/Ex/box.yaml": """
manufacturer: Ex
model: box
slug: ex-box
u_height: 1
weight: 12
airflow: front-to-rear
interfaces:
  - {name: eth0, type: 1000base-t}
  - name: rail0
    type: 10gbase-x-sfpp
module-bays:
  - {name: PSU 1, position: P1}
  - name: PSU 2
""",
    "module-types/Ex/psu.yaml": """
manufacturer: Ex
model: psu
power-ports:
  - name: "{module}"
    maximum_draw: 900
""",
    "rack-types/Ex/odd.yaml": """
manufacturer: Ex
model: odd
slug: ex-odd
u_height: 12
""",
    "overlays/ex.yaml": """
schema: 1
devices:
  ex/box:
    source: {draw: us}
    unknown: {memory: nobody}
    arch: x86_64
    draw: 400 W
    psus_needed: 1
    nics: {eth0: mgmt, rail0: compute}
    modules:
      "PSU [1-2]": ex/psu
racks:
  odd:
    source: us
    max_power: 8 kW
    shelves: {count: 2, rating: 3 kW}
    equipment:
      gigaworks-lab/lab-switch: "[7-8]"
""",
}


@pytest.fixture(scope="module")
def types(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a lab site with types of its own, and the text of their files."""
    root = tmp_path_factory.mktemp("fuzz-types") / "demo"
    copy_template("lab", root, {})
    hall = root / "halls" / "h1.yaml"
    text = hall.read_text().replace("svc-01:      {type: eia-42u", "svc-01:      {type: odd")
    hall.write_text(text.replace("gigaworks-lab/lab-node-x86", "ex/box"))
    for name in TYPES:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
    return root, TYPES


def edited(site: tuple[Path, dict[str, str]], edits: list[tuple[int, str, str]]) -> None:
    """Edit lines of a site's files; what is then said about it has a place, and nothing is a traceback."""
    root, texts = site
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


@settings(max_examples=150, deadline=None)
@given(EDITS)
def test_edited_lines(lab: tuple[Path, dict[str, str]], edits: list[tuple[int, str, str]]) -> None:
    """Lines cut, doubled, indented or given other values lead to problems with a file, or to a blueprint."""
    edited(lab, edits)


@settings(max_examples=100, deadline=None)
@given(EDITS)
def test_edited_units(units: tuple[Path, dict[str, str]], edits: list[tuple[int, str, str]]) -> None:
    """The same holds where lines of scalable units and overrides are edited."""
    edited(units, edits)


def test_own_types(types: tuple[Path, dict[str, str]]) -> None:
    """Unedited, the types of the next test are sound."""
    edited(types, [])

    assert {p.id for p in declare(types[0], write=False, today=dt.date(2026, 11, 23)).findings} <= {"SPA-2"}


@settings(max_examples=100, deadline=None)
@given(EDITS)
def test_edited_types(types: tuple[Path, dict[str, str]], edits: list[tuple[int, str, str]]) -> None:
    """The same holds where lines of device, module and rack types and of overlays are edited."""
    edited(types, edits)
