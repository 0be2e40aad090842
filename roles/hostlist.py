"""Host lists as Slurm writes them: ``gpu-01-n[1-4,7]``."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

_NAME = re.compile(r"^(.*?)(\d+)$")


def fold(names: Iterable[str]) -> str:
    """Return names as one host list; numbers of one width are folded, zeros in front are kept."""
    groups: dict[tuple[str, int], list[int]] = {}
    alone: list[str] = []
    for name in sorted(set(names)):
        found = _NAME.match(name)
        if not found:
            alone.append(name)
            continue
        prefix, digits = found.groups()
        width = len(digits) if digits.startswith("0") else 0  # 7 and 12 fold together, 07 and 7 do not
        groups.setdefault((prefix, width), []).append(int(digits))
    folded = [_folded(prefix, width, sorted(numbers)) for (prefix, width), numbers in groups.items()]
    return ",".join(sorted([*alone, *folded]))


def _folded(prefix: str, width: int, numbers: list[int]) -> str:
    if len(numbers) == 1:
        return f"{prefix}{numbers[0]:0{width}d}"
    ranges = []
    for _, run in itertools.groupby(enumerate(numbers), lambda pair: pair[1] - pair[0]):
        found = [number for _, number in run]
        last = f"-{found[-1]:0{width}d}" if len(found) > 1 else ""
        ranges.append(f"{found[0]:0{width}d}{last}")
    return f"{prefix}[{','.join(ranges)}]"
