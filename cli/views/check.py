"""What a check found: every finding, then the site and the laws in two lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from gigaworks import __version__
from gigaworks.cli.views.jsonl import show_document
from gigaworks.cli.views.problems import show_problems
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import count, draw, joined
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.problem import Problem


def show_check(blueprint: Blueprint, findings: list[Problem], seconds: float, out: Stream, err: Stream) -> None:
    """Show findings on ``err``'s side of the talk, the tally as data."""
    show_problems(findings, err)
    if findings:
        err.line()
    archs = Counter(node.arch for node in blueprint.nodes.values())
    accelerators = sum(n.sku.accelerators.count for n in blueprint.nodes.values() if n.sku.accelerators)
    kinds = ", ".join(f"{arch} {number}" for arch, number in sorted(archs.items()))
    parts = [
        count(len(blueprint.halls), "hall"),
        count(len(blueprint.racks), "rack"),
        count(len(blueprint.nodes), "node") + (f" ({kinds})" if kinds else ""),
        count(accelerators, "accelerator"),
        count(len(blueprint.switches), "switch", "switches"),
        count(len(blueprint.cables), "cable"),
        draw(
            sum(rack.draw_kw for rack in blueprint.racks.values()),
            sum(rack.unknown_draws for rack in blueprint.racks.values()),
        ),
    ]
    out.line(f"{out.paint(blueprint.site.name, 'bold')}: {joined(parts)}")
    errors = sum(problem.severity == "error" for problem in findings)
    waived = sum(bool(problem.waived) for problem in findings)
    told = [count(errors, "error"), count(len(findings) - errors - waived, "warning")]
    told += [f"{waived} waived"] if waived else []
    out.line(f"{joined(told)} · {count(len(laws()), 'law')} in {seconds:.1f} s")


def laws() -> dict[str, str]:
    """Return law id → title."""
    from gigaworks.inventory.laws import LAWS

    return {name: law.title for name, law in LAWS.items()}


def show_json(site: Any, findings: list[Problem], stream: Stream) -> None:
    """Write the findings as one document; ``site`` is None where it could not be loaded."""
    errors = sum(problem.severity == "error" for problem in findings)
    summary = {"errors": errors, "warnings": len(findings) - errors, "laws": len(laws())}
    show_document({"site": site, "findings": msgspec.to_builtins(findings), "summary": summary}, stream)


def write_reports(findings: list[Problem], site: str, reports: Iterable[tuple[str, Path]]) -> None:
    """Write the reports that were asked for."""
    for kind, path in reports:
        if kind == "sarif":
            from gigaworks.cli.views.sarif import write_sarif

            write_sarif(findings, laws(), path, __version__)
        elif kind == "junit":
            from gigaworks.cli.views.junit import of_findings, write_junit

            write_junit(of_findings(laws(), findings), path)
        else:
            from gigaworks.cli.views.markdown import write_findings

            write_findings(findings, site, path)
