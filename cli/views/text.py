"""Aligned text, figures with units, and values as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

WIDE = 48  # columns for the names of things that are told as one
_ESCAPES = re.compile(r"\x1b\[[0-9;]*m")


def width_of(text: str) -> int:
    """Return how many columns ``text`` takes, colours not counted."""
    return len(_ESCAPES.sub("", text))


def columns(rows: Sequence[Sequence[str]], indent: int = 0, gap: int = 2, right: Sequence[int] = ()) -> list[str]:
    """Return one line a row with its cells aligned; the columns numbered in ``right`` align to the right."""
    if not rows:
        return []
    count = max(len(row) for row in rows)
    widths = [max((width_of(row[i]) for row in rows if i < len(row)), default=0) for i in range(count)]
    lines = []
    for row in rows:
        cells = []
        for i, cell in enumerate(row):
            space = " " * (widths[i] - width_of(cell))
            cells.append(space + cell if i in right else cell + space)
        lines.append((" " * indent + (" " * gap).join(cells)).rstrip())
    return lines


def count(number: int, noun: str, many: str = "") -> str:
    """Return ``1 node``, ``2 nodes``, ``6,412 settings``."""
    if number != 1 and not many:
        many = noun if noun.endswith("s") else noun + ("es" if noun.endswith(("ch", "sh", "x")) else "s")
    return f"{number:,} {noun if number == 1 else many}"


def joined(parts: Sequence[str]) -> str:
    """Return the parts that are there, with commas between."""
    return ", ".join(part for part in parts if part)


def figure(number: float | None, unit: str = "") -> str:
    """Return a figure with its unit and no needless digits; None is ``unknown``."""
    if number is None:
        return "unknown"
    text = f"{number:,.0f}" if abs(number) >= 100 or number == int(number) else f"{number:,.1f}"
    return f"{text} {unit}".rstrip()


def draw(kilowatts: float, unknown: int) -> str:
    """Return kW; where devices of unknown draw are not in it, as a lower bound that says how many they are."""
    return joined([at_least(kilowatts, unknown), f"{count(unknown, 'device')} unknown" if unknown else ""])


def at_least(kilowatts: float, unknown: int) -> str:
    """Return kW, as a lower bound where devices of unknown draw are not in it."""
    return ("≥ " if unknown else "") + figure(kilowatts, "kW")


def span(least: float, most: float, unit: str = "") -> str:
    """Return one figure, or the least and the most, with their unit."""
    low, high = figure(least), figure(most)
    return f"{high if low == high else f'{low} to {high}'} {unit}".rstrip()


def share(loads: Sequence[float], limit: float) -> str:
    """Return what part of a limit loads take, from the least to the most, in percent."""
    least, most = (round(100 * load / limit) if limit else 0 for load in (min(loads), max(loads)))
    return span(least, most, "%")


def value(it: Any, limit: int = 60) -> str:
    """Return a value on one line: None is ``absent``, long text is cut in its middle."""
    if it is None:
        return "absent"
    if isinstance(it, bool):
        return "yes" if it else "no"
    text = it if isinstance(it, str) else _plain(it)
    text = " ".join(text.split()) or '""'
    if len(text) <= limit:
        return text
    half = (limit - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def _plain(it: Any) -> str:
    if isinstance(it, float):
        return f"{it:.6g}"
    if isinstance(it, dict):
        return ", ".join(f"{key} {_plain(part)}" for key, part in it.items() if part not in (None, "", [], {}))
    if isinstance(it, list | tuple):
        return ", ".join(_plain(part) for part in it)
    return str(it)


def short(digest: str) -> str:
    """Return the first digits of a digest, enough to find it again."""
    return f"{digest[:12]}…" if len(digest) > 16 else digest


def wrap(text: str, width: int, indent: str = "") -> list[str]:
    """Return ``text`` in lines of at most ``width`` columns, lines after the first indented."""
    import textwrap

    lines: list[str] = []
    for part in text.splitlines() or [""]:
        lines += textwrap.wrap(part, width, subsequent_indent=indent, break_long_words=False) or [""]
    return lines
