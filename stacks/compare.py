"""Two sets of properties → the paths at which they differ."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

import msgspec


class PathChange(msgspec.Struct, frozen=True, kw_only=True):
    """One property, before and after; ``None`` is absent. Texts of many lines come line by line."""

    path: str
    before: Any = None
    after: Any = None


def compare(before: Any, after: Any, path: str = "") -> list[PathChange]:
    """Return every difference, sorted by path; lists of the same length and dictionaries are entered."""
    return list(_compare(before, after, path))


def count(value: Any) -> int:
    """Return how many single settings a value holds; a text counts its lines."""
    if isinstance(value, dict):
        return sum(count(each) for each in value.values())
    if isinstance(value, list):
        return sum(count(each) for each in value) or 1
    return len(value.splitlines()) or 1 if isinstance(value, str) else 1


def _compare(before: Any, after: Any, path: str) -> Iterator[PathChange]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for key in sorted({*before, *after}):
            yield from _compare(before.get(key), after.get(key), f"{path}.{key}" if path else key)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _compare(old, new, f"{path}[{index}]")
    elif isinstance(before, str) and isinstance(after, str) and ("\n" in before or "\n" in after):
        yield from _lines(before, after, path)
    else:
        yield PathChange(path=path, before=before, after=after)


def _lines(before: str, after: str, path: str) -> Iterator[PathChange]:
    old, new = before.splitlines(), after.splitlines()
    for op, i1, i2, j1, j2 in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if op == "equal":
            continue
        gone, come = old[i1:i2], new[j1:j2]
        for index in range(max(len(gone), len(come))):
            yield PathChange(
                path=path,
                before=gone[index] if index < len(gone) else None,
                after=come[index] if index < len(come) else None,
            )
