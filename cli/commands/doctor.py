"""gigaworks doctor: what this computer has, and what it lacks."""

from __future__ import annotations

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("doctor")
@options.as_json
@click.pass_obj
def command(screen: Screen, json: bool) -> int:
    """Tell what is there, what is missing, and the command that gets it. No network is used.

    Exits with 1 where something is missing that a plan of a real site needs.
    """
    import msgspec

    from gigaworks.cli.record.doctor import examine
    from gigaworks.cli.views.jsonl import show_document
    from gigaworks.cli.views.text import columns

    findings = examine()
    missing = [it for it in findings if not it.there and it.needed == "always"]
    if json:
        show_document({"findings": msgspec.to_builtins(findings), "missing": len(missing)}, screen.out)
        return 1 if missing else 0
    rows = []
    for it in findings:
        mark = (
            screen.out.paint("✓", "green") if it.there else screen.out.paint("✗", "red" if it in missing else "yellow")
        )
        rows.append((mark, it.name, it.found, f"for {it.needed}" if it.needed != "always" else "", it.fix))
    screen.out.lines(columns(rows))
    return 1 if missing else 0
