"""Waivers: a signed exception turns a finding into a warning until its day; then it fails."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from gigaworks.inventory.laws.law import LAWS
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.policy import WaiverNoun
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.problem import Problem
from gigaworks.inventory.ranges import RangeError, did_you_mean, expand


def waive(found: Iterable[Problem], site: Site, today: dt.date) -> list[Problem]:
    """Return the findings, those with a waiver as warnings, and what is wrong with the waivers themselves."""
    waivers = [(waiver, _subjects(waiver)) for waiver in site.waivers]
    used: set[int] = set()
    result: list[Problem] = []
    for problem in found:
        for n, (waiver, subjects) in enumerate(waivers):
            if waiver.law == problem.id and subjects & {problem.subject, problem.subject.partition("/")[2]}:
                used.add(n)
                if waiver.until >= today:
                    signed = f"by {waiver.owner} until {waiver.until}: {waiver.reason} ({where(waiver.at())})"
                    problem = msgspec.structs.replace(problem, severity="warning", waived=signed)  # noqa: PLW2901
                break
        result.append(problem)
    for n, (waiver, _) in enumerate(waivers):
        result += _judge(waiver, n in used, today)
    return result


def _subjects(waiver: WaiverNoun) -> set[str]:
    try:
        return set(expand(waiver.subject))
    except RangeError:
        return {waiver.subject}


def _judge(waiver: WaiverNoun, used: bool, today: dt.date) -> list[Problem]:
    if waiver.law not in LAWS:
        fix = did_you_mean(waiver.law, LAWS) or "gigaworks explain lists them"
        return [Problem("waiver of an unknown law", f"there is no law `{waiver.law}`", fix, waiver.at("law"))]
    if waiver.until < today:
        detail = f"the waiver of {waiver.law} on {waiver.subject} ended on {waiver.until}; {waiver.owner} signed it"
        fix = "repair what it excuses, or have it signed again"
        return [Problem("waiver has expired", detail, fix, waiver.at("until"), "error", waiver.law, waiver.subject)]
    if not used:
        detail = f"{waiver.law} finds nothing on `{waiver.subject}`"
        where = waiver.at("subject")
        return [Problem("waiver of nothing", detail, "remove it", where, "warning", waiver.law, waiver.subject)]
    return []
