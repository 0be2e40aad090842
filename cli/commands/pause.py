"""gigaworks pause: let a running apply finish its wave and begin no other."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("pause")
@options.site
@options.message
@click.pass_obj
def command(screen: Screen, site: Path, message: str) -> int:
    """Let the apply that runs on SITE finish its wave and begin no other; `apply --resume` carries on."""
    from gigaworks.cli.opening import site_folder
    from gigaworks.cli.workflows.pause import pause

    running = pause(site_folder(site), message)
    screen.out.line(f"{site}: after its running wave it ends: {running}")
    screen.out.line(f"Carry on later:  gigaworks apply {site} --resume")
    return 0
