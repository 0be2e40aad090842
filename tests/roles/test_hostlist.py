"""Host lists, folded as Slurm writes them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigaworks.roles.hostlist import fold


@pytest.mark.parametrize(
    ("names", "folded"),
    [
        (["n1", "n2", "n3", "n7"], "n[1-3,7]"),
        (["n1"], "n1"),
        (["gpu-01-n1", "gpu-01-n2", "gpu-02-n1"], "gpu-01-n[1-2],gpu-02-n1"),
        (["n08", "n09", "n10", "n8"], "n[08-09],n[8,10]"),
        (["login", "svc"], "login,svc"),
        ([], ""),
    ],
)
def test_fold(names: list[str], folded: str) -> None:
    """Runs of numbers become ranges; zeros in front are kept; what has no number stands alone."""
    assert fold(names) == folded


def unfold(folded: str) -> set[str]:
    """Return the names of a host list."""
    names: set[str] = set()
    for part in re.findall(r"[^,\[]+(?:\[[^\]]*\])?", folded):
        prefix, bracket, ranges = part.partition("[")
        for one in ranges.rstrip("]").split(",") if bracket else [""]:
            first, _, last = one.partition("-")
            numbers = range(int(first), int(last or first) + 1) if first else [None]
            names |= {prefix if n is None else f"{prefix}{n:0{len(first)}d}" for n in numbers}
    return names


NAMES = st.builds("{}{}".format, st.sampled_from(["n", "gpu-01-n", "svc-"]), st.text("0123456789", max_size=3))


@given(st.sets(NAMES, max_size=20))
def test_nothing_is_lost(names: set[str]) -> None:
    """A folded list stands for exactly the names that went in."""
    assert unfold(fold(names)) == names
