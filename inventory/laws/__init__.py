"""The laws: what must hold before anything changes. One family a file; ids as in the domain's table."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.laws import (
    cabling,
    cooling,
    fabric,
    fabric_managers,
    feed_loss,
    governance,
    network,
    oob,
    power,
    power_on,
    roce,
    space,
    storage,
    temperatures,
    wiring,
)
from gigaworks.inventory.laws.law import LAWS, Case, Law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.laws.unknown import unknown_macs
from gigaworks.inventory.laws.waivers import waive
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.problem import Place, Problem

__all__ = ["LAWS", "Case", "Law", "Measure", "check"]

# importing them fills LAWS
FAMILIES = (
    power,
    feed_loss,
    power_on,
    space,
    cooling,
    temperatures,
    fabric,
    fabric_managers,
    cabling,
    network,
    roce,
    oob,
    wiring,
    storage,
    governance,
)


def check(blueprint: Blueprint, site: Site, today: dt.date) -> list[Problem]:
    """Return every finding of every law, errors first; what holds for several subjects alike is told once."""
    case = Case(blueprint, site)
    found = [problem for law in LAWS.values() for problem in law.findings(case)]
    found += unknown_macs(case)
    return sorted(_together(waive(found, site, today)), key=_order)


def _order(problem: Problem) -> tuple[bool, str, str, Place]:
    return problem.severity != "error", problem.id, problem.subject, problem.where or Place("")


def _together(problems: Iterable[Problem]) -> list[Problem]:
    """Put findings that differ only in their subject into one, the others' names in ``same``."""
    groups: dict[tuple[str, ...], list[Problem]] = {}
    for problem in problems:
        key = (problem.id, problem.severity, problem.summary, problem.detail, problem.fix, problem.waived)
        kind = problem.subject.partition("/")[0]
        groups.setdefault((*key, kind), []).append(problem)
    result = []
    for group in groups.values():
        first, *rest = sorted(group, key=_order)
        same = tuple(sorted({p.subject for p in rest} - {first.subject}))
        result.append(msgspec.structs.replace(first, same=same) if same else first)
    return result
