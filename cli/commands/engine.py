"""gigaworks engine: the Pulumi CLI that this Gigaworks drives."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.group("engine")
def command() -> None:
    """Install the Pulumi engine, find it, or run it on a site's own state."""


@command.command("install")
@click.pass_obj
def install(screen: Screen) -> int:
    """Put the engine in place: from PATH, else downloaded, else built from the pinned Go module."""
    from gigaworks.stacks.engine.install import ensure

    screen.out.line(str(ensure(screen.err.line)))
    return 0


@command.command("where")
@click.pass_obj
def where(screen: Screen) -> int:
    """Print the path of the engine."""
    from gigaworks.inventory.problem import GigaworksError, Problem
    from gigaworks.stacks.engine.install import find
    from gigaworks.stacks.engine.quiet import VERSION

    path = find()
    if path is None:
        raise GigaworksError(Problem("there is no engine here", f"Pulumi {VERSION}", "gigaworks engine install"))
    screen.out.line(str(path))
    return 0


@command.command("run", context_settings={"ignore_unknown_options": True})
@options.site_folder
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="-- PULUMI ARGUMENTS")
def run(site: Path | None, arguments: tuple[str, ...]) -> int:
    """Run any Pulumi command with the site's state and environment: gigaworks engine run --site demo -- stack ls."""
    from gigaworks.cli.opening import open_site, reach
    from gigaworks.stacks.engine import Engine

    declared, folder = open_site(site or Path())
    reach(declared, folder, must=False)
    return Engine(folder, declared.blueprint).run(arguments)
