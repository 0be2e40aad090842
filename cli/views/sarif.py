"""Findings as SARIF 2.1.0, which GitHub and editors show beside the line."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from gigaworks.inventory.canonical import pretty, write_whole
from gigaworks.inventory.problem import Problem


def write_sarif(findings: Iterable[Problem], laws: Mapping[str, str], path: Path, version: str) -> None:
    """Write the findings; ``laws`` is law id → title."""
    findings = list(findings)
    rules = sorted({problem.id or "SITE" for problem in findings})
    driver = {
        "name": "gigaworks",
        "version": version,
        "rules": [
            {"id": rule, "shortDescription": {"text": laws.get(rule, "the site files can be used")}} for rule in rules
        ],
    }
    run = {"tool": {"driver": driver}, "results": [_result(problem) for problem in findings]}
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    write_whole(path, pretty(document))


def _result(problem: Problem) -> dict[str, Any]:
    words = [
        f"{problem.subject}: {problem.summary}" if problem.subject else problem.summary,
        problem.detail,
        problem.fix,
    ]
    result: dict[str, Any] = {
        "ruleId": problem.id or "SITE",
        "level": problem.severity,
        "message": {"text": "\n".join(filter(None, words))},
    }
    if problem.where:
        at: dict[str, Any] = {"artifactLocation": {"uri": problem.where.file}}
        if problem.where.line:
            region = {"startLine": problem.where.line}
            region |= {"startColumn": problem.where.column} if problem.where.column else {}
            region |= {"endColumn": problem.where.end_column} if problem.where.end_column else {}
            at["region"] = region
        result["locations"] = [{"physicalLocation": at}]
    return result
