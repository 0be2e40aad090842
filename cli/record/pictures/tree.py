"""Trees of things that are alike: what a person reads of ten thousand devices."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Generic, TypeVar

import msgspec

from gigaworks.inventory.ranges import natural

T = TypeVar("T")
FEW = 8  # groups under one parent that are told apart by their load; more are told as one, from least to most


class Branch(msgspec.Struct, Generic[T], frozen=True, kw_only=True):
    """Things that are alike and hang on the same; ``each`` are they, by name, and ``below`` hangs on them."""

    each: dict[str, T]
    below: list[Branch[T]]

    @property
    def first(self) -> T:
        """One of them: what does not vary is told by any."""
        return next(iter(self.each.values()))


def grown(
    things: Mapping[str, T],
    children: Mapping[str, Sequence[str]],
    roots: Sequence[str],
    *,
    alike: Callable[[T], Hashable],
    nearly: Callable[[T], Hashable],
    fold: bool = True,
) -> list[Branch[T]]:
    """Return the trees that stand on ``roots``.

    Args:
        things: by name.
        children: name → the names that hang on it; what hangs on a circle is left out.
        roots: where the trees begin.
        alike: two things with equal keys, and equal trees below them, are told as one.
        nearly: the same with what may vary left out; taken where ``alike`` leaves more than `FEW`.
        fold: tell things that are alike as one.

    """
    shapes: dict[str, int] = {}
    known: dict[Hashable, int] = {}

    def shape(name: str, above: frozenset[str]) -> int:
        """Return the same number for trees that look the same."""
        if name not in shapes:
            below = sorted(shape(child, above | {name}) for child in children.get(name, ()) if child not in above)
            shapes[name] = known.setdefault((alike(things[name]), tuple(below)), len(known))
        return shapes[name]

    def branches(names: Sequence[str], above: frozenset[str]) -> list[Branch[T]]:
        groups: dict[Hashable, list[str]] = defaultdict(list)
        for name in names:
            groups[shape(name, frozenset()) if fold else name].append(name)
        if fold and len(groups) > FEW:
            groups = defaultdict(list)
            for name in names:
                groups[nearly(things[name])].append(name)
        made = []
        for group in groups.values():
            seen = above | set(group)
            below = [child for name in group for child in children.get(name, ()) if child not in seen]
            made.append(Branch(each={name: things[name] for name in group}, below=branches(below, seen)))
        return made

    return branches(sorted(roots, key=natural), frozenset())
