"""How a site stands: stacks and nodes, each with its state; bad news with its reason."""

from __future__ import annotations

from collections import Counter

from gigaworks.cli.record.results import NodeStatus, SiteStatus
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, count, short

_COLOURS = {"in service": "green", "failed": "red", "quarantined": "red"}
_MOST = 60  # nodes shown one by one; a bigger site is counted by rack


def show_status(status: SiteStatus, stream: Stream, *, verbose: bool = False) -> None:
    """Show stacks, then nodes, then what to do where something is unfinished."""
    it = status.last_applied
    applied = f"plan {short(it.plan)} (serial {it.serial}) of {it.at[:16].replace('T', ' ')} by {it.who}" if it else ""
    running = "running" if status.lease else it.result if it else "done"
    result = f", {running}" if running != "done" else ""
    stream.line(f"{stream.paint(status.site, 'bold')}  {applied or 'nothing was applied yet'}{result}{_lab(status)}")
    if status.stacks:
        rows = [
            (f"  {s.name}", count(s.resources, "resource"), _current(s.current), s.applied_at[:16].replace("T", " "))
            for s in status.stacks
        ]
        stream.lines(["", "stacks", *columns(rows, right=(1,))])
    if status.nodes:
        small = len(status.nodes) <= _MOST or verbose
        stream.lines(["", *(node_rows(status.nodes, stream) if small else _by_rack(status.nodes))])
        counts = Counter(node.state for node in status.nodes)
        told = " · ".join(f"{state} {number}" for state, number in sorted(counts.items()))
        stream.lines(["", f"{count(len(status.nodes), 'node')}: {told}"])
    if status.lease:
        stream.line(f"being changed by {status.lease}")
    if status.interrupted:
        stream.line(
            f"{stream.paint('an apply was cut off', 'warning')}: carry on with  gigaworks apply {status.site} --resume"
        )


def _lab(status: SiteStatus) -> str:
    return f"   lab {status.lab}" if status.lab else ""


def _current(current: bool | None) -> str:
    return {None: "never applied", True: "as declared", False: "the site has changed since"}[current]


def node_rows(nodes: list[NodeStatus], stream: Stream) -> list[str]:
    """Return the node table."""
    rows = []
    for node in nodes:
        colour = _COLOURS.get(node.state, "yellow")
        checks = node.evidence
        passed = f"{sum(e.ok for e in checks)}/{len(checks)} checks" if checks else "-"
        simulated = " (some simulated)" if any(e.simulated for e in checks) else ""
        place = f"{node.rack} {node.position}"
        state = stream.paint(node.state, colour)
        rows.append(
            (
                node.name,
                state,
                place,
                node.arch,
                node.profile,
                short(node.image or "-"),
                passed + simulated,
                node.reason,
            )
        )
    head = tuple(stream.paint(t, "dim") for t in ("node", "state", "place", "arch", "profile", "image", "evidence"))
    return columns([head, *rows])


def _by_rack(nodes: list[NodeStatus]) -> list[str]:
    racks: dict[str, Counter[str]] = {}
    for node in nodes:
        racks.setdefault(node.rack, Counter())[node.state] += 1
    return columns(
        [(rack, " · ".join(f"{state} {n}" for state, n in sorted(states.items()))) for rack, states in racks.items()]
    )
