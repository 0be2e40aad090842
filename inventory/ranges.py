"""Names in the notation that Slurm users know: ``gpu-[01-04]``, ``n[1-4]``, ``ups-[a,b]``, several in one name."""

from __future__ import annotations

import difflib
import itertools
import math
import re
from collections.abc import Iterable
from typing import Any

HOST_NAME = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")  # RFC 1123, in small letters
LIMIT = 200_000  # names that one expression may stand for
_BRACKET = re.compile(r"\[([^\[\]]*)\]")
_NUMBER = re.compile(r"(\d+)")


class RangeError(ValueError):
    """The text is not a range, or the ranges do not lie alongside each other; the message says why and what to do."""


def dimensions(text: str) -> list[list[str]]:
    """Return what each bracket of ``text`` stands for, in order; no bracket gives an empty list.

    Raises:
        RangeError: a bracket is empty, not closed, runs backwards, mixes kinds or holds too many names.
    """
    rest = _BRACKET.sub("", text)
    if "[" in rest or "]" in rest:
        raise RangeError(f"`{text}` has a bracket without its partner")
    found = [_items(text, body) for body in _BRACKET.findall(text)]
    if math.prod(len(items) for items in found) > LIMIT:
        raise RangeError(f"`{text}` stands for more than {LIMIT:,} names")
    return found


def expand(text: str) -> list[str]:
    """Return every name that ``text`` stands for, the last bracket running fastest; duplicates are refused.

    Raises:
        RangeError: see `dimensions`; or a name comes twice.
    """
    names = _written_out(text, dimensions(text))
    if len(set(names)) != len(names):
        raise RangeError(f"`{text}` names the same thing twice")
    return names


def along(key: str, value: str) -> list[str]:
    """Return ``value`` for each name of ``key``: its brackets follow those of ``key``.

    A bracket of the value follows the first unused bracket of the key that has the same items, else the first
    that has the same length. ``along("gpu-[01-02]-n[1-2]", "gpu-[01-02]")`` is gpu-01, gpu-01, gpu-02, gpu-02.

    Raises:
        RangeError: a bracket of the value fits none of the key's.
    """
    ours, theirs = dimensions(key), dimensions(value)
    used: list[int] = []
    for items in theirs:
        free = [n for n in range(len(ours)) if n not in used]
        fits = [n for n in free if ours[n] == items] or [n for n in free if len(ours[n]) == len(items)]
        if not fits:
            sizes = " x ".join(str(len(d)) for d in ours) or "1"
            raise RangeError(f"`{value}` cannot lie alongside `{key}`: {len(items)} names against {sizes}")
        used.append(fits[0])
    choices = itertools.product(*(range(len(items)) for items in theirs))
    chosen = dict(zip(choices, _written_out(value, theirs), strict=True))
    return [chosen[tuple(choice[n] for n in used)] for choice in itertools.product(*(range(len(d)) for d in ours))]


def natural(name: str) -> list[Any]:
    """Return a sort key in which ``n2`` comes before ``n10``: text and numbers by turns."""
    parts: list[Any] = _NUMBER.split(name)
    for n in range(1, len(parts), 2):
        parts[n] = int(parts[n]), parts[n]
    return parts


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return ``did you mean `x`?`` for the closest known word, or an empty text."""
    close = closest(word, known)
    return f"did you mean `{close}`?" if close else ""


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most like ``word``, or an empty text where none is."""
    return next(iter(difflib.get_close_matches(word, sorted(known), n=1, cutoff=0.6)), "")


def _items(text: str, body: str) -> list[str]:
    items: list[str] = []
    for part in body.split(","):
        first, dash, last = (p.strip() for p in part.partition("-"))
        if not first or (dash and not last):
            raise RangeError(f"`{text}`: a bracket holds names or ranges, such as [01-04] or [a,b]")
        if not dash:
            items.append(first)
        elif first.isdecimal() and last.isdecimal() and first.isascii() and last.isascii():
            if int(last) - int(first) >= LIMIT:
                raise RangeError(f"`{text}` stands for more than {LIMIT:,} names")
            items += [str(n).zfill(len(first)) for n in range(int(first), int(last) + 1)]
        elif len(first) == len(last) == 1 and first.isalpha() and last.isalpha():
            items += [chr(n) for n in range(ord(first), ord(last) + 1)]
        else:
            raise RangeError(f"`{text}`: {part.strip()} is no range of numbers or letters")
        if not items:
            raise RangeError(f"`{text}`: {part.strip()} runs backwards")
    return items


def _written_out(text: str, dimensions: Iterable[list[str]]) -> list[str]:
    """Return ``text`` with each choice of what its brackets stand for."""
    first, *rest = _BRACKET.split(text)[::2]
    pieces = [[first]]
    for items, after in zip(dimensions, rest, strict=True):
        pieces += [items, [after]]
    return ["".join(choice) for choice in itertools.product(*pieces)]
