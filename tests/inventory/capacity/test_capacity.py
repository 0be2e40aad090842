"""Capacity agrees with the laws: what it says fits breaks none when it is declared, and one rack more does."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.inventory.capacity.fits import Answer, Capacity
from gigaworks.inventory.capacity.stranded import stranded
from gigaworks.inventory.declare import declare, designed
from gigaworks.inventory.templates import copy_template

TODAY = dt.date(2026, 11, 23)
LIKE = "h1/gpu-01"
HALL, NETWORKS, POLICY, SITE = "halls/h1.yaml", "networks.yaml", "policy.yaml", "site.yaml"
RACK = "      gpu-{n:02d}: {{type: eia-42u, feeds: [busway-a, busway-b], tap: 16 A, max_power: 8 kW, cooling: cdu-1}}\n"
NODES = "  gpu-{n:02d}-n[1-2]: {{rack: gpu-{n:02d}, device: gigaworks-lab/lab-gpu-x86, profile: gpu-x86}}\n"
# file, what stands there, and the values that may stand there: some just carry what is there, some carry plenty
LIMITS: list[tuple[str, str, list[str]]] = [
    (HALL, "it_power: 40 kW", ["it_power: 7 kW", "it_power: 18.1 kW", "it_power: 90 kW"]),
    (HALL, "air_cooling: 20 kW", ["air_cooling: 6.6 kW", "air_cooling: 90 kW"]),
    (HALL, "air_cooling:", ["airflow: 2000 m3/h\nair_delta: 12 K\nair_cooling:"]),
    (HALL, "capacity: 100 kVA", ["capacity: 13 kVA", "capacity: 24 kVA"]),
    (HALL, "module: 20 kVA", ["module: 5 kVA", "module: 12 kVA"]),
    (HALL, "rating: 63 A", ["rating: 16 A", "rating: 32 A", "rating: 80 A"]),
    (HALL, "redundancy: 2n", ["redundancy: n"]),
    (HALL, "capacity: 15 kW", ["capacity: 6 kW", "capacity: 40 kW"]),
    (HALL, "flow: 30 L/min", ["flow: 22 L/min", "flow: 90 L/min"]),
    (SITE, "60 kW", ["12 kW", "31 kW", "90 kW"]),
    (POLICY, "derating: 0.8", ["derating: 1.0"]),
    (POLICY, "diversity: 1.0", ["diversity: 0.8"]),
    (NETWORKS, "oversubscription: 8", ["oversubscription: 4", "oversubscription: 16"]),
    (NETWORKS, "10.77.0.0/24", ["10.77.0.0/26"]),
    (NETWORKS, "10.77.1.0/24", ["10.77.1.0/27"]),
    (NETWORKS, "10.77.64.0/18", ["10.77.64.0/25", "10.77.64.0/26"]),
]
EDITS = st.fixed_dictionaries({}, optional={n: st.sampled_from(LIMITS[n][2]) for n in range(len(LIMITS))})


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a lab site and the text of its files."""
    root = tmp_path_factory.mktemp("capacity") / "demo"
    copy_template("lab", root, {})
    return root, {p.relative_to(root).as_posix(): p.read_text() for p in sorted(root.rglob("*.yaml"))}


def ask(lab: tuple[Path, dict[str, str]], edits: dict[int, str]) -> tuple[Capacity, Answer]:
    """Write the lab with other limits, and ask how many more GPU racks fit."""
    root, texts = lab
    edited = dict(texts)
    for number, text in edits.items():
        file, there, _ = LIMITS[number]
        assert there in edited[file]
        edited[file] = edited[file].replace(there, text)
    for name, text in edited.items():
        (root / name).write_text(text)
    asked = Capacity(*designed(root))
    kind = asked.like(LIKE)
    assert kind is not None
    return asked, asked.fits(kind)


def findings(root: Path, racks: int) -> set[tuple[str, str]]:
    """Return law and subject of every finding on shared things with so many more racks written into the hall file."""
    hall = (root / HALL).read_text()
    before, mark, after = hall.partition("      svc-01:")
    rows = "".join(RACK.format(n=n) for n in range(2, racks + 2))
    (root / HALL).write_text(before + rows + mark + after + "".join(NODES.format(n=n) for n in range(2, racks + 2)))
    found = declare(root, write=False, today=TODAY).findings
    (root / HALL).write_text(hall)
    subjects = {(problem.id, subject) for problem in found for subject in (problem.subject, *problem.same)}
    return {(law, subject) for law, subject in subjects if law != "GOV-1"}


@settings(max_examples=15, deadline=None)
@given(EDITS)
def test_agrees_with_the_laws(lab: tuple[Path, dict[str, str]], edits: dict[int, str]) -> None:
    """Written into the site's files, the racks that fit break nothing new; one more breaks what capacity names."""
    _, answer = ask(lab, edits)
    known = findings(lab[0], 0)

    if answer.fits:
        assert findings(lab[0], answer.fits) <= known
    new = findings(lab[0], answer.fits + 1) - known
    named = {room.figure.law for room in answer.stops} | {problem.id for problem in answer.findings}
    broken_already = any(room.fits == 0 and room.figure.used > (room.figure.usable or 0) for room in answer.rooms)
    assert {law for law, _ in new} & named or broken_already
    assert answer.rooms[0].fits is not None


@settings(max_examples=12, deadline=None)
@given(EDITS, st.data())
def test_each_resource_for_itself(lab: tuple[Path, dict[str, str]], edits: dict[int, str], data: st.DataObject) -> None:
    """While there is room in a resource the laws find nothing on it, however full others are; with one more they do.

    Ports and uplinks of a fabric are the most that may fit: rails may fill unevenly.
    """
    asked, answer = ask(lab, edits)
    rooms = {r.figure.subject: r for r in reversed(answer.rooms) if r.fits is not None and r.fits < 40}
    room = data.draw(st.sampled_from([room for _, room in sorted(rooms.items())]))
    fabric = room.figure.subject.startswith("fabric/")
    subject = "switch" if fabric else room.figure.subject

    def broken(racks: int) -> bool:
        return any(found.subject.startswith(subject) for found in asked.found({LIKE: racks}))

    already = room.figure.used > (room.figure.usable or 0)
    assert already or broken((room.fits or 0) + 1), room
    assert not room.fits or fabric or not broken(room.fits), room


def test_several_places_are_filled_together(lab: tuple[Path, dict[str, str]]) -> None:
    """Racks of one kind on different feeds share what lies above both: the sum fits, not each for itself."""
    root, texts = lab
    single = "tap: 16 A, max_power: 8 kW}"
    rows = "".join(f"      one-{n}: {{type: eia-42u, feeds: [busway-{n}], {single}\n" for n in "ab")
    nodes = "".join(
        f"  one-{n}-n1: {{rack: one-{n}, device: gigaworks-lab/lab-node-x86, profile: service}}\n" for n in "ab"
    )
    before, mark, after = texts[HALL].replace("it_power: 40 kW", "it_power: 10.1 kW").partition("      svc-01:")
    for name, text in {**texts, HALL: before + rows + mark + after + nodes}.items():
        (root / name).write_text(text)

    asked = Capacity(*designed(root))
    kind = next(
        kind
        for kind in asked.kinds
        if kind.places == [["h1/one-a"], ["h1/one-b"], ["h1/svc-01"]] or kind.places[0][0] == "h1/one-a"
    )
    answer = asked.fits(kind)

    assert [place[0] for place in kind.places] == ["h1/one-a", "h1/one-b", "h1/svc-01"]
    assert answer.fits == 6  # 10.1 - 7.65 kW of IT, 0.4 kW a rack
    assert asked.found(answer.more) == []
    assert "PWR-6" in {room.figure.law for room in answer.stops}


@pytest.mark.parametrize(
    ("find", "put", "subject", "kw", "why"),
    [
        ("max_power: 8 kW, cooling", "max_power: 12 kW, cooling", "rack/h1/gpu-01", 3.575, "its feeds give at most"),
        ("rating: 63 A", "rating: 90 A", "power/h1/busway-a", 9.388, "above it are 38 kW"),
    ],
)
def test_stranded(lab: tuple[Path, dict[str, str]], find: str, put: str, subject: str, kw: float, why: str) -> None:
    """A rack that may draw more than its feeds give, and a busway that carries more than its UPS, strand the rest."""
    root, texts = lab
    assert find in texts[HALL]
    for name, text in {**texts, HALL: texts[HALL].replace(find, put)}.items():
        (root / name).write_text(text)

    found = {it.subject: it for it in stranded(designed(root)[0])}

    assert found[subject].kw == pytest.approx(kw, abs=0.01)
    assert why in found[subject].why
