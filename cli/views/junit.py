"""JUnit XML, which every CI system shows: one test case a law, a node, a stack or a drifted setting."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from xml.etree import ElementTree as ET

import msgspec

from gigaworks.cli.record.results import Drift
from gigaworks.cli.views.progress import Progress
from gigaworks.cli.views.text import value
from gigaworks.inventory.canonical import write_whole
from gigaworks.inventory.problem import Problem


class Case(msgspec.Struct, frozen=True):
    """A test case; ``failure`` is empty where it passed."""

    suite: str
    name: str
    failure: str = ""
    skipped: str = ""


def of_findings(laws: Iterable[str], findings: Iterable[Problem]) -> list[Case]:
    """Return a case for each law, failed by its findings; problems without a law get a case of their own."""
    broken: dict[str, list[str]] = {}
    for problem in findings:
        if problem.severity == "error":
            broken.setdefault(problem.id or problem.summary, []).append(_words(problem))
    names = dict.fromkeys([*laws, *broken])
    return [Case("laws", name, "\n".join(broken.get(name, []))) for name in names]


def of_progress(progress: Progress) -> list[Case]:
    """Return a case for each stack and node of a run."""
    told = {event.subject: event.message or str(event.data.get("error", "")) for event in progress.failures}
    cases = [
        Case("stacks", n, (told.get(n) or "failed") if status == "failed" else "")
        for n, status in progress.stacks.items()
    ]
    for name, state in progress.nodes.items():
        bad = state in ("failed", "quarantined")
        cases.append(Case("nodes", name, (told.get(name) or state) if bad else ""))
    return cases


def of_drift(drift: Drift) -> list[Case]:
    """Return a case for each drifted setting and each device that could not be reached."""
    cases = [
        Case(
            item.kind, f"{item.subject} {item.setting}", f"{value(item.declared)} → {value(item.observed)} {item.where}"
        )
        for item in drift.items
    ]
    return [*cases, *(Case("devices", name, skipped="not reachable") for name in drift.unreachable)] or [
        Case("devices", "nothing has drifted")
    ]


def write_junit(cases: list[Case], path: Path) -> None:
    """Write the cases as one file."""
    root = ET.Element(
        "testsuites", name="gigaworks", tests=str(len(cases)), failures=str(sum(bool(c.failure) for c in cases))
    )
    for suite in dict.fromkeys(case.suite for case in cases):
        group = [case for case in cases if case.suite == suite]
        failures = str(sum(bool(case.failure) for case in group))
        element = ET.SubElement(root, "testsuite", name=suite, tests=str(len(group)), failures=failures)
        for case in group:
            one = ET.SubElement(element, "testcase", classname=f"gigaworks.{suite}", name=case.name)
            if case.failure:
                ET.SubElement(one, "failure", message=_clean(case.failure.splitlines()[0])).text = _clean(case.failure)
            elif case.skipped:
                ET.SubElement(one, "skipped", message=case.skipped)
    ET.indent(root)
    write_whole(path, ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n")


def _words(problem: Problem) -> str:
    where = f" ({problem.where})" if problem.where else ""
    return "; ".join(filter(None, (problem.subject, problem.summary + where, problem.detail, problem.fix)))


def _clean(text: str) -> str:
    """Drop what XML cannot hold."""
    return "".join(character for character in text if character in "\t\n" or character >= " ")
