"""Numbers that names keep: address indices, ASNs, ports, cable ids, outlets, positions.

A name that has a number keeps it; a new name takes the lowest free one, new names in natural order. So adding or
removing a name changes no number of the others. The numbers lie in ``allocations.lock``.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Mapping

import msgspec

from gigaworks.inventory.ranges import natural


class Allocations(msgspec.Struct, frozen=True, kw_only=True):
    """Every number once given: pool → name → number."""

    format_version: str = "1.0"
    numbers: dict[str, dict[str, int]] = {}


class Numbers:
    """The numbers of one design: what was kept, and what is new."""

    def __init__(self, before: Allocations) -> None:
        self._before = before.numbers
        self._after: dict[str, dict[str, int]] = {}
        self._natural = functools.cache(natural)  # a name takes numbers of several pools

    def give(
        self, pool: str, names: Iterable[str], first: int = 0, taken: Iterable[int] = (), in_order: bool = False
    ) -> dict[str, int]:
        """Return a number for each name, from ``first`` up; those in ``taken`` belong to something else.

        ``in_order`` says that the names come in their natural order already, which saves the sorting.
        """
        before, blocked, names = self._before.get(pool, {}), set(taken), dict.fromkeys(names)
        given = {name: number for name in names if (number := before.get(name)) is not None} if before else {}
        used = {*blocked, *given.values()}
        if len(used) < len(blocked) + len(given) or min(given.values(), default=first) < first:
            return self.give_runs(pool, dict.fromkeys(names, 1), first, dict.fromkeys(blocked, 1))
        if len(given) < len(names):
            free = (number for number in itertools.count(first) if number not in used)
            new = [name for name in names if name not in given] if given else [*names]
            given.update(zip(new if in_order else sorted(new, key=self._natural), free, strict=False))
        self._after[pool] = given
        return given

    def give_runs(
        self, pool: str, sizes: Mapping[str, int], first: int, taken: Mapping[int, int], last: int | None = None
    ) -> dict[str, int]:
        """Return the first number of a free run of ``sizes[name]`` numbers for each name.

        ``taken`` maps the first number of a run that belongs to something else to its size. A new name that
        finds no run ending at or before ``last`` is put above everything: a law will say that it does not fit.
        """
        blocked = {n + k for n, size in taken.items() for k in range(size)}
        before = self._before.get(pool, {})
        kept: dict[str, int] = {}
        for name in sorted((n for n in sizes if n in before), key=lambda n: (before[n], n)):
            run = range(before[name], before[name] + sizes[name])
            if run.start >= first and blocked.isdisjoint(run):
                kept[name] = run.start
                blocked.update(run)
        lowest: dict[int, int] = {}
        for name in sorted((n for n in sizes if n not in kept), key=self._natural):
            size = sizes[name]
            start = lowest.get(size, first)
            while not blocked.isdisjoint(range(start, start + size)):
                start += 1
            lowest[size] = start
            if last is not None and start + size - 1 > last:
                start = max(last + 1, *(n + 1 for n in blocked)) if blocked else last + 1
            kept[name] = start
            blocked.update(range(start, start + size))
        self._after[pool] = kept
        return kept

    def kept(self, pool: str) -> dict[str, int]:
        """Return what the pool held before."""
        return self._before.get(pool, {})

    def record(self, pool: str, numbers: dict[str, int]) -> None:
        """Keep numbers that were chosen by another rule."""
        self._after[pool] = numbers

    def allocations(self) -> Allocations:
        """Return what is to be kept: the numbers of the names that were asked for."""
        return Allocations(numbers={pool: names for pool, names in sorted(self._after.items()) if names})
