"""gigaworks unlock: take the lease away from a run that is gone."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("unlock")
@options.site
@click.option("--force", is_flag=True, help="Even from a run that lives; its next change is refused.")
@options.message
@click.pass_obj
def command(screen: Screen, site: Path, force: bool, message: str) -> int:
    """Remove the lease on SITE. A dead run's lease is taken over by itself; this is for one on another computer."""
    from gigaworks.cli.opening import site_folder
    from gigaworks.cli.record.act import record
    from gigaworks.inventory.problem import Locked, Problem
    from gigaworks.stacks.engine.lease import break_lease, holder

    folder = site_folder(site)
    living = holder(folder)
    if living and not force:
        raise Locked(
            Problem("the run that holds the lease lives", str(living), f"end it, or: gigaworks unlock {site} --force")
        )
    was = break_lease(folder)
    if was is None:
        screen.out.line(f"{site}: nobody held the lease.")
        return 0
    record(folder, "unlock", message=message or f"taken from {was}")
    screen.out.line(f"{site}: the lease was taken from {was}.")
    return 0
