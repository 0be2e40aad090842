"""What a loss does: down, throttled, degraded; what is alike on one line."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import msgspec

from gigaworks.cli.views.jsonl import show_document
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, count, figure, joined
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.what_if.effect import Effect
from gigaworks.inventory.what_if.throttled import Throttled


def show_effect(blueprint: Blueprint, lost: list[str], effect: Effect, stream: Stream) -> None:
    """Show an effect, the worst first."""
    stream.line(f"{stream.paint(blueprint.site.name, 'bold')} without {', '.join(lost)}")
    if effect.down:
        stream.lines(["", f"{stream.paint('down', 'error')}  {_tally(effect, blueprint)}"])
        stream.lines(columns(_alike(effect.down.items()), indent=2))
    if effect.throttled:
        stream.lines(["", f"{stream.paint('throttled', 'warning')}  survives, and exceeds a limit"])
        stream.lines(columns([_excess(one) for one in effect.throttled], indent=2))
    if effect.degraded:
        stream.lines(["", f"{stream.paint('degraded', 'yellow')}  holds, with less in reserve"])
        stream.lines(columns(_alike((one.subject, one.detail) for one in effect.degraded), indent=2))
    if not effect.down:
        throttled = "" if effect.throttled else ", nothing must be throttled"
        stream.lines(["", f"{stream.paint('Nothing goes down', 'green')}{throttled}."])


def show_json(lost: list[str], effect: Effect, stream: Stream) -> None:
    """Write the effect as one document."""
    show_document({"lost": lost, **msgspec.to_builtins(effect), "summary": _counts(effect)}, stream)


def _counts(effect: Effect) -> dict[str, int]:
    kinds = [subject.partition("/")[0] for subject in effect.down]
    return {kind: kinds.count(kind) for kind in ("node", "switch", "volume")}


def _tally(effect: Effect, blueprint: Blueprint) -> str:
    it = _counts(effect)
    nodes = f"{it['node']} of {count(len(blueprint.nodes), 'node')}"
    rest = [("rack", len(effect.racks)), ("switch", it["switch"]), ("volume", it["volume"])]
    parts = [nodes, *(count(number, noun) for noun, number in rest if number)]
    accelerators = count(effect.accelerators, "accelerator") if effect.accelerators else ""
    return joined([*parts, accelerators, figure(effect.kw, "kW")])


def _excess(one: Throttled) -> tuple[str, ...]:
    over = f"{figure(one.needs)} of {figure(one.has, one.unit)}, {figure(one.needs - one.has, one.unit)} over"
    holds = "no power cap is enough"
    if one.cap_kw is not None:
        holds = f"`power_cap: {one.cap_kw:g} kW` on {fold(one.nodes)} holds it"
    return one.subject, over, holds if one.unit != "power supplies" else "fewer than it needs"


def _alike(items: Iterable[tuple[str, str]]) -> list[tuple[str, str, str]]:
    """Return one row for what has one text, names folded."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for subject, text in items:
        kind, _, name = subject.partition("/")
        groups[kind, text].append(name)
    return [(kind, fold(names), text) for (kind, text), names in groups.items()]
