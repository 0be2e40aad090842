"""Drift on the screen: one line a setting, both values, where it was declared."""

from __future__ import annotations

from gigaworks.cli.record.results import Drift, DriftItem
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, count, value

_ORDER = ("node", "switch", "bmc", "pdu", "storage", "boot", "cable")


def show_drift(drift: Drift, stream: Stream, site: str) -> None:
    """Show what has drifted and what to do about it."""
    rows = [
        (
            stream.paint(item.kind, "cyan"),
            item.subject,
            item.setting,
            f"{value(item.declared)} → {stream.paint(value(item.observed), 'yellow')}",
            f"declared {item.where}" if item.where else "",
        )
        for item in sorted(drift.items, key=_key)
    ]
    stream.lines(columns(rows))
    if drift.unreachable:
        stream.line(f"{stream.paint('not reachable', 'red')}  {fold(drift.unreachable)}")
    if rows or drift.unreachable:
        stream.line()
    looked = f"{count(drift.settings, 'setting')} on {count(drift.devices, 'device')} in {drift.seconds:.0f} s"
    if not rows:
        stream.line(f"{site}: nothing has drifted of {looked}.")
        return
    stream.lines([f"{len(rows):,} drifted of {looked}.", *_advice(drift, site)])


def _key(item: DriftItem) -> tuple[int, str, str]:
    return (_ORDER.index(item.kind), item.subject, item.setting)


def _advice(drift: Drift, site: str) -> list[str]:
    hands = sum(not item.healable for item in drift.items)
    heal = f"Heal: gigaworks apply {site}.  Accept: edit the site." if hands < len(drift.items) else ""
    by_hand = f"{hands} {'needs' if hands == 1 else 'need'} hands: gigaworks show {site} cables" if hands else ""
    return [line for line in (heal, by_hand) if line]
