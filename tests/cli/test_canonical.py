"""Canonical JSON: equal values give equal bytes."""

from __future__ import annotations

from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from gigaworks.inventory.canonical import canonical, digest

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(-1e9, 1e9, allow_nan=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(values)
def test_what_is_decoded_is_the_same_value_with_the_same_bytes(value: Any) -> None:
    """JSON and back gives an equal value, and its bytes are the same again."""
    data = canonical(value)
    assert msgspec.json.decode(data) == value
    assert canonical(msgspec.json.decode(data)) == data


def test_numbers_that_are_equal_have_one_form_and_text_keeps_its_own() -> None:
    """8 and 8.0 kW are the same figure; text that looks like a number is not touched."""
    assert digest({"b": 8, "a": [1.0, -0.0]}) == digest({"a": [1, 0], "b": 8.0})
    assert canonical({"version": "8.0", "quoted": '"8.0", 8.0'}) == b'{"quoted":"\\"8.0\\", 8.0","version":"8.0"}'


tricky = st.sampled_from(["a", "a:8.0,", 'a":8.0,', "8.0}", "\\", "[8.0,9.0]", "10.0.0.0/8"])


@given(
    st.recursive(tricky | st.sampled_from([8.0, -8.0, -0.0, 0.5]), lambda it: st.dictionaries(tricky, it), max_leaves=8)
)
def test_the_quick_way_finds_what_reading_text_and_numbers_apart_finds(value: Any) -> None:
    """Text that looks like a key or a number, as key or value, changes nothing."""

    def plain(it: Any) -> Any:
        if isinstance(it, dict):
            return {key: plain(inner) for key, inner in it.items()}
        return int(it) if isinstance(it, float) and it.is_integer() else it

    assert canonical(value) == canonical(plain(value))
