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
