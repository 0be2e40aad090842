"""Measured values beside their thresholds and beside like nodes."""

from __future__ import annotations

from collections import defaultdict

from gigaworks.cli.record.evidence import slow
from gigaworks.cli.record.results import Evidence
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, count, figure, short, value


def show_evidence(evidence: dict[str, list[Evidence]], stream: Stream, *, whole: bool) -> None:
    """Show each node's checks with the digest of their raw output, or without ``whole`` one line a quantity."""
    known = {name: checks for name, checks in evidence.items() if checks}
    if whole:
        for name, checks in known.items():
            stream.lines([stream.paint(name, "bold"), *_sheet(checks, stream)])
    else:
        stream.lines(_quantities(known, stream))
    without = [name for name, checks in evidence.items() if not checks]
    if without:
        stream.line(f"nothing was measured yet on {fold(without)}")
    _tell("failed", [name for name, checks in known.items() if not all(one.ok for one in checks)], stream, "red")
    _tell(
        "slower than like nodes", [name for name, checks in known.items() if any(map(slow, checks))], stream, "yellow"
    )


def _sheet(checks: list[Evidence], stream: Stream) -> list[str]:
    rows = []
    for one in checks:
        mark = stream.paint("✓", "green") if one.ok else stream.paint("✗", "red")
        share = f"{one.of_median:.0%} of the median" if one.of_median is not None else ""
        told = stream.paint(f"{share}, slow", "yellow") if slow(one) else share
        seen = f"{value(one.observed, 48)} {one.unit if one.observed is not None else ''}".rstrip()
        simulated = "simulated" if one.simulated else ""
        rows.append((mark, one.check, seen, value(one.expected, 32), told, simulated, short(one.sha256)))
    return columns(rows, indent=2)


def _quantities(evidence: dict[str, list[Evidence]], stream: Stream) -> list[str]:
    measured: dict[tuple[str, str], list[tuple[float, str]]] = defaultdict(list)
    for name, checks in evidence.items():
        for one in checks:
            if one.unit and isinstance(one.observed, int | float):
                measured[one.check, one.unit].append((float(one.observed), name))
    rows = []
    for (check, unit), values in sorted(measured.items()):
        lowest, highest = min(values), max(values)
        figures = (figure(lowest[0], unit), lowest[1], figure(highest[0], unit), highest[1])
        rows.append((check, count(len(values), "node"), *figures))
    head = tuple(stream.paint(text, "dim") for text in ("check", "measured on", "lowest", "", "highest", ""))
    return columns([head, *rows], indent=2) if rows else []


def _tell(what: str, names: list[str], stream: Stream, colour: str) -> None:
    if names:
        stream.line(f"{stream.paint(what, colour)}: {fold(names)}")
