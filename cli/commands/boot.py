"""gigaworks boot: the boot services in the foreground, for an init system to look after."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options


@click.group("boot")
def command() -> None:
    """Run the boot services of a site: DHCP and HTTP on its in-band management network."""


@command.command("serve")
@options.site
def serve(site: Path) -> int:
    """Serve until SIGTERM or Ctrl-C. Configuration comes from what was applied to SITE."""
    from gigaworks.cli.opening import site_folder
    from gigaworks.inventory.boot import server

    server.run(site_folder(site))
    return 0
