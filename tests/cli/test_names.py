"""Folding names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gigaworks.cli.views.names import fold
from gigaworks.inventory.ranges import expand

words = st.sampled_from(["gpu", "leaf", "sto", "n", "a"])
numbers = st.one_of(st.integers(0, 120).map(str), st.integers(0, 30).map("{:02}".format))
names = st.builds(lambda word, rack, tray: f"{word}-{rack}-n{tray}", words, numbers, numbers) | st.builds(
    lambda word, number: f"{word}-{number}", words, numbers
)


@given(st.sets(names, max_size=40))
def test_folding_loses_and_invents_no_name(given_names: set[str]) -> None:
    """Whatever is folded unfolds to exactly the same names, each once."""
    text = fold(given_names)
    unfolded = [name for part in text.split(", ") if part for name in expand(part)]
    assert sorted(unfolded) == sorted(given_names)


def test_folding_reads_as_people_write_it() -> None:
    """Two ranges in one name, widths kept, single names left alone."""
    many = [f"gpu-{rack:02}-n{tray}" for rack in range(1, 4) for tray in range(1, 5)]
    padded = [f"r{n:02}" for n in range(8, 12)]
    assert fold(padded) == "r[08-11]"
    assert fold([*many, "svc-01-n1", "rv-9", "rv-10"]) == "gpu-[01-03]-n[1-4], rv-[9-10], svc-01-n1"
