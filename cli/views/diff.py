"""What differs between two revisions of a site, as an auditor asks for it: counts, names, values, places."""

from __future__ import annotations

from gigaworks.cli.record.diff import KINDS, Difference, RenderedFile, Totals
from gigaworks.cli.record.ledger import Entry
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.plan import unified
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, count, draw, joined, short, value

_ONE = {
    "switches": "switch", "cooling": "cooling device", "power": "power device", "domains": "NVLink domain",
    "rack_types": "rack type", "device_types": "device type",
}  # fmt: skip
_MANY = {
    "cooling": "cooling devices", "power": "power devices", "domains": "NVLink domains", "rack_types": "rack types",
    "device_types": "device types",
}  # fmt: skip
_FEW = 6  # cables that are named
_WIDE = 40  # columns for names; wider ones give way to their number


def show_difference(
    it: Difference,
    stream: Stream,
    *,
    site: str,
    labels: tuple[str, str],
    between: list[Entry],
    files: list[RenderedFile],
    lines: bool = False,
    verbose: bool = False,
) -> None:
    """Show what differs; ``between`` are the ledger's entries from one to the other, ``lines`` shows ``files``."""
    stream.line(f"{stream.paint(site, 'bold')}  {labels[0]} → {labels[1]}{_applied(between)}")
    if it.empty:
        stream.line("Nothing differs.")
        return
    for symbol, colour, group in (("+", "green", it.added), ("-", "red", it.removed)):
        mark = stream.paint(symbol, colour)
        told = [f"{mark} {_counted(kind, group[kind])}" for kind in (*KINDS, "cables") if kind in group]
        stream.lines([*told])
    rows = []
    mark = stream.paint("~", "yellow")
    shown = it.changed if verbose else it.changed[:40]
    for change in shown:
        names = fold(change.subjects)
        subjects = names if verbose or len(names) <= _WIDE else _number(change.kind, change.subjects)
        values = f"{value(change.before, 44)} → {value(change.after, 44)}"
        kind = _ONE.get(change.kind, change.kind.removesuffix("s"))
        rows.append((f"{mark} {kind}", subjects, change.path, values, change.where))
    stream.lines(columns(rows))
    if len(shown) < len(it.changed):
        stream.line(f"  and {len(it.changed) - len(shown)} more: -v shows them")
    stream.lines(["", _totals(it.before, it.after)])
    if files:
        devices = count(len({file.device for file in files}), "device")
        hint = "" if lines else " (--rendered shows them)"
        stream.line(f"files: {len(files)} changed on {devices}{hint}")
        for file in files if lines else ():
            stream.lines(unified(f"{file.device} {file.file}", file.before, file.after, stream))
    if between:
        stream.lines(["", *ledger_rows(between, stream)])


def _applied(between: list[Entry]) -> str:
    if not between:
        return ""
    plans = {entry.plan for entry in between}
    people = {entry.who.git_author or entry.who.user for entry in between}
    approved = sum(bool(set(e.approvals) - {e.who.git_author, e.who.user}) for e in between)
    by = f"{approved} of them approved by another" if approved < len(between) else "all approved by another"
    return f"   {count(len(plans), 'plan')} applied by {count(len(people), 'person', 'people')}, {by}"


def _counted(kind: str, names: list[str]) -> str:
    told = _number(kind, names)
    return f"{told}   {fold(names)}" if kind != "cables" or len(names) <= _FEW else told


def _number(kind: str, names: list[str]) -> str:
    return count(len(names), _ONE.get(kind, kind[:-1]), _MANY.get(kind, kind))


def _totals(before: Totals, after: Totals) -> str:
    parts = []
    for field in ("racks", "nodes", "accelerators", "switches", "cables"):
        old, new = getattr(before, field), getattr(after, field)
        noun = _ONE.get(field, field[:-1]) if abs(new - old) == 1 else field
        parts.append(f"{new - old:+,} {noun} ({old:,} → {new:,})" if old != new else "")
    if before.kw != after.kw:
        share = [f"{100 * t.kw / t.contracted_kw:.0f} %" for t in (before, after) if t.contracted_kw]
        of = f" (power {' → '.join(share)} of contract)" if share else ""
        parts.append(f"{after.kw - before.kw:+,.1f} kW{of}")
    old, new = before.unknown_draws, after.unknown_draws
    parts.append(f"{new - old:+,} devices of unknown draw ({old:,} → {new:,})" if old != new else "")
    return joined(parts) or f"same counts: {count(after.nodes, 'node')}, {draw(after.kw, after.unknown_draws)}"


def ledger_rows(entries: list[Entry], stream: Stream) -> list[str]:
    """Return ledger entries as aligned lines: number, when, who, what, plan, result, why."""
    rows = []
    for entry in entries:
        colour = {"done": "green", "part": "yellow", "failed": "red"}.get(entry.result)
        result = stream.paint(entry.result, colour) if colour else entry.result
        job = f" ({entry.who.job.system} {entry.who.job.id})" if entry.who.job else ""
        why = entry.why.message or entry.why.subject
        commit = entry.why.commit[:7] if entry.why.commit else "-"
        plan = short(entry.plan) if entry.plan else "-"
        at = entry.at[:16].replace("T", " ")
        rows.append(
            (str(entry.seq), at, entry.who.user + job, entry.what, plan, commit, result, value(why) if why else "")
        )
    return columns([("#", "when (UTC)", "who", "what", "plan", "commit", "result", "why"), *rows], right=(0,))
