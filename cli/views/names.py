"""Fold many names into few ranges, in the notation that Slurm's users know: ``gpu-[01-03]-n[1-4]``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable

from gigaworks.inventory.ranges import natural

_PARTS = re.compile(r"(\d+)")


def fold(names: Iterable[str]) -> str:
    """Return ``names`` sorted and folded, separated by commas.

    ``a-1, a-2, a-3, b`` becomes ``a-[1-3], b``. Unfolding gives exactly the names again.
    """
    alike: dict[tuple[str, ...], list[tuple[str, ...]]] = defaultdict(list)
    for name in set(names):
        parts = _PARTS.split(name)
        alike[tuple(parts[::2])].append(tuple(parts[1::2]))
    groups: dict[tuple[object, ...], set[tuple[str, ...]]] = defaultdict(set)
    for skeleton, found in alike.items():
        padded = [{len(n) for n in column if n.startswith("0")} for column in zip(*found, strict=True)]
        for digits in found:  # 10 belongs to 01 … 09 where there are such, and to 8, 9 where not
            widths = tuple(len(n) if len(n) in known else 0 for n, known in zip(digits, padded, strict=True))
            groups[(*skeleton, widths)].add(digits)
    folded = []
    for (*texts, _), numbers in groups.items():
        for ranges in _fold(numbers):
            pieces = [str(texts[0])]
            for number, text in zip(ranges, texts[1:], strict=True):
                pieces += [number, str(text)]
            folded.append("".join(pieces))
    return ", ".join(sorted(folded, key=natural))


def _fold(numbers: set[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Fold one dimension after the other, the last first."""
    if not numbers or not next(iter(numbers)):
        return list(numbers)
    ends: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for number in numbers:
        ends[number[:-1]].append(number[-1])
    heads: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for head, tail in ends.items():
        heads[_ranges(tail)].add(head)
    return [(*head, tail) for tail, group in heads.items() for head in _fold(group)]


def _ranges(digits: list[str]) -> str:
    ordered = sorted(digits, key=lambda text: (len(text), int(text)))
    runs: list[list[str]] = []
    for text in ordered:
        last = runs[-1][-1] if runs else None
        if last is not None and int(text) == int(last) + 1 and _follows(last, text):
            runs[-1].append(text)
        else:
            runs.append([text])
    if len(ordered) == 1:
        return ordered[0]
    return "[" + ",".join(run[0] if len(run) == 1 else f"{run[0]}-{run[-1]}" for run in runs) + "]"


def _follows(last: str, text: str) -> bool:
    """Numbers with leading zeros keep their width; those without may grow."""
    return len(last) == len(text) or not (last.startswith("0") or text.startswith("0"))
