"""gigaworks version: what this is, exactly."""

from __future__ import annotations

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("version")
@options.as_json
@click.pass_obj
def command(screen: Screen, json: bool) -> int:
    """Show the versions of Gigaworks, of the formats that it writes, and of what it drives."""
    from gigaworks.cli.record.versions import versions
    from gigaworks.cli.views.jsonl import show_document
    from gigaworks.cli.views.text import columns

    found = versions()
    if json:
        show_document(found, screen.out)
    else:
        screen.out.line(f"gigaworks {found['gigaworks']}")
        rows = [(name, text) for part in ("formats", "parts") for name, text in found[part].items()]
        screen.out.lines(columns(rows, indent=2))
    return 0
