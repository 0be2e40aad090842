"""The ledger on the screen, and the verdict about it."""

from __future__ import annotations

from gigaworks.cli.record.ledger import Entry, Verdict
from gigaworks.cli.views.diff import ledger_rows
from gigaworks.cli.views.problems import show_problems
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import count


def show_log(entries: list[Entry], stream: Stream) -> None:
    """Show entries, the oldest first; that a plan was started is left out where its end is told."""
    ended = {(entry.what, entry.plan): entry.seq for entry in entries if entry.result != "started"}
    told = [e for e in entries if e.result != "started" or ended.get((e.what, e.plan), 0) < e.seq]
    stream.lines(ledger_rows(told, stream) if told else ["The ledger is empty: nothing was done yet."])


def show_verdict(verdict: Verdict, stream: Stream, plans: int) -> None:
    """Show whether the chain holds; ``plans`` is how many of the plans it names were found and are unchanged."""
    if verdict.problem:
        show_problems([verdict.problem], stream)
        return
    stream.line(
        f"{stream.paint('sound', 'green')}: {count(verdict.entries, 'entry', 'entries')}, {count(plans, 'plan')}"
    )
    if verdict.torn:
        stream.line(f"  a crash cut off a last line of {verdict.torn} bytes; the next entry sets it aside")
    stream.line(f"  head  {verdict.head}")
    stream.line("  Note the head elsewhere; later:  gigaworks audit verify --contains HEAD")
