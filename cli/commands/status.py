"""gigaworks status: where every stack and node stands."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("status")
@options.site
@options.verbose
@options.as_json
@click.pass_obj
def command(screen: Screen, site: Path, verbose: bool, json: bool) -> int:
    """Show what was applied to SITE and the state of each node, from the records; no device is asked."""
    import msgspec

    from gigaworks.cli.opening import open_site
    from gigaworks.cli.views.jsonl import show_document
    from gigaworks.cli.views.status import show_status
    from gigaworks.cli.workflows.status import read_status

    declared, folder = open_site(site)
    status = read_status(declared, folder)
    if json:
        show_document(msgspec.to_builtins(status), screen.out)
    else:
        show_status(status, screen.out, verbose=verbose)
    return 0
