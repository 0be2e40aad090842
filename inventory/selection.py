"""Which nodes a person means: names and ranges, a rack, a hall, a profile."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from gigaworks.inventory.blueprint import Blueprint, Node
from gigaworks.inventory.problem import Problem, WrongUse
from gigaworks.inventory.ranges import RangeError, did_you_mean, expand

_OF: dict[str, Callable[[Node], str]] = {
    "rack": lambda node: node.rack,
    "hall": lambda node: node.hall,
    "profile": lambda node: node.profile,
}


def select(expressions: Iterable[str], blueprint: Blueprint, undeclared: Iterable[str] = ()) -> set[str]:
    """Return the names of the nodes that ``expressions`` mean together.

    Args:
        expressions: ``gpu-01-n1``, ``gpu-[01-03]-n[1-4]``, ``rack/h1/gpu-[01-02]``, ``hall/h1``, ``profile/gpu-x86``.
        blueprint: the site.
        undeclared: further nodes that are known by name only.

    Raises:
        WrongUse: with every expression that is no range, or means a node that there is not.
    """
    nodes = {name: {name} for name in (*blueprint.nodes, *undeclared)}
    problems: list[Problem] = []
    found: set[str] = set()
    for expression in expressions:
        kind, slash, rest = expression.partition("/")
        groups, what = nodes, "node"
        if slash and kind in _OF:
            groups, what = _grouped(blueprint, _OF[kind]), kind
        try:
            names = expand(rest if slash and kind in {*_OF, "node"} else expression)
        except RangeError as error:
            problems.append(Problem("bad range", str(error), "write it as gpu-[01-03]-n[1-4]"))
            continue
        unknown = [name for name in names if name not in groups]
        if unknown:
            problems.append(Problem(f"no such {what}", f"`{expression}`: {_some(unknown)}", _fix(unknown[0], groups)))
        found.update(*(groups[name] for name in names if name in groups))
    if problems:
        raise WrongUse(*problems)
    return found


def _grouped(blueprint: Blueprint, key: Callable[[Node], str]) -> dict[str, set[str]]:
    groups: dict[str, set[str]] = {}
    for name, node in blueprint.nodes.items():
        groups.setdefault(key(node), set()).add(name)
    return groups


def _some(names: list[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _fix(name: str, known: Iterable[str]) -> str:
    return did_you_mean(name, known) or f"there are: {', '.join(sorted(known)[:8])}"
