"""gigaworks schema: what a file of a site may say."""

from __future__ import annotations

import click

from gigaworks.cli.views.screen import Screen


@click.command("schema")
@click.argument("kind", type=click.Choice(["site", "overlay"]), default="site")
@click.pass_obj
def command(screen: Screen, kind: str) -> int:
    """Print the JSON Schema of site files, or of the overlays of device and rack types, for editors.

    In YAML: the first line `# yaml-language-server: $schema=site.schema.json`.
    """
    from gigaworks.inventory.canonical import pretty
    from gigaworks.inventory.schema import json_schema

    screen.out.write(pretty(json_schema(kind)).decode())
    return 0
