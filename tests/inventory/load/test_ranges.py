"""Ranges mean what Slurm users expect, and say why where they mean nothing."""

from __future__ import annotations

import pytest

from gigaworks.inventory.ranges import RangeError, along, expand, natural


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("n1", ["n1"]),
        ("n[1-3]", ["n1", "n2", "n3"]),
        ("gpu-[08-11]", ["gpu-08", "gpu-09", "gpu-10", "gpu-11"]),
        ("ups-[a,b]", ["ups-a", "ups-b"]),
        ("x[a-c]", ["xa", "xb", "xc"]),
        ("n[1-2,7]", ["n1", "n2", "n7"]),
        ("r[1-2]n[1-2]", ["r1n1", "r1n2", "r2n1", "r2n2"]),
    ],
)
def test_expand(text: str, names: list[str]) -> None:
    """Zero padding, lists, letters and products are written out in order, the last bracket fastest."""
    assert expand(text) == names


@pytest.mark.parametrize(
    "text", ["n[3-1]", "n[]", "n[1-", "n]1[", "n[1,1]", "n[1-x]", "n[0-999999999]", "n[[1-2]]", "a[1-999]b[1-999]"]
)
def test_refused(text: str) -> None:
    """What is no range is refused with a reason, also where it would stand for too many names."""
    with pytest.raises(RangeError, match="`"):
        expand(text)


def test_along() -> None:
    """A value's bracket follows the key's bracket with the same items, else the first of the same length."""
    assert along("gpu-[01-02]-n[1-2]", "gpu-[01-02]") == ["gpu-01", "gpu-01", "gpu-02", "gpu-02"]
    assert along("a-[1-2]-n[1-2]", "n[1-2]x") == ["n1x", "n1x", "n2x", "n2x"]
    assert along("a-[1-2]", "b-[8-9]") == ["b-8", "b-9"]
    assert along("a-[1-2]", "b") == ["b", "b"]
    assert along("n1", "b") == ["b"]
    with pytest.raises(RangeError, match="cannot lie alongside"):
        along("a-[1-3]", "b-[1-2]")


def test_natural() -> None:
    """Two comes before ten."""
    assert sorted(["n10", "n2", "n1"], key=natural) == ["n1", "n2", "n10"]
