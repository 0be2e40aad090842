"""What reading a site collects: the nouns of every file, the problems, and names that are known to be broken."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from gigaworks.inventory.problem import Place, Problem
from gigaworks.inventory.ranges import RangeError, did_you_mean, expand


class Declared:
    """The nouns of all files, merged by name."""

    def __init__(self) -> None:
        self.sources: dict[str, str] = {}
        self.nouns: dict[str, Any] = {}
        self.broken: set[str] = set()  # names whose entry could not be read: references to them are not judged
        self.whole = True  # every file could be read

    def take(self, nouns: Mapping[str, Any]) -> list[Problem]:
        """Add the nouns of one file; a name or a single noun that was there before is a problem."""
        problems = []
        for kind, value in nouns.items():
            if isinstance(value, list):
                self.nouns.setdefault(kind, []).extend(value)
            elif isinstance(value, tuple):
                if kind in self.nouns:
                    problems.append(twice(kind, value[1], self.nouns[kind][1]))
                else:
                    self.nouns[kind] = value
            else:
                known = self.nouns.setdefault(kind, {})
                for name, (noun, place) in value.items():
                    if name in known:
                        problems.append(twice(name, place, known[name][1]))
                    else:
                        known[name] = (noun, place)
        return problems


class Book:
    """The problems found so far; each is told once."""

    def __init__(self, broken: Iterable[str]) -> None:
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        for name in broken:
            try:
                self.broken |= {name, *expand(name)}
            except RangeError:
                self.broken.add(name)

    def add(self, summary: str, detail: str, fix: str, place: Place) -> None:
        """Enter a problem."""
        problem = Problem(summary, detail, fix, place)
        if problem not in self.problems:
            self.problems.append(problem)

    def all_names(self, value: str, place: Place) -> list[str]:
        """Return every name of a range; a bad one is entered and stands for nothing."""
        try:
            return expand(value)
        except RangeError as error:
            self.problems.append(Problem("bad range", str(error), "", place))
            return []

    def refer(self, what: str, name: str, known: Iterable[str], place: Place) -> bool:
        """Return whether ``name`` is known; enter it where it is not, unless its own entry is broken."""
        if name in known:
            return True
        if name not in self.broken:
            names = sorted(known)
            known_ones = f"known: {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}" if names else ""
            fix = did_you_mean(name, names) or known_ones
            self.add(f"unknown {what.partition(' of ')[0]}", f"there is no {what} `{name}`", fix, place)
        return False


def twice(name: str, here: Place, there: Place) -> Problem:
    """Return the problem of a name that stands in two places."""
    detail = f"`{name}` stands here and at {there}"
    return Problem("duplicate name", detail, "remove or rename one of them", here)
