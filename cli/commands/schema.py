"""gigaworks schema: what a site file may say."""

from __future__ import annotations

import click

from gigaworks.cli.views.screen import Screen


@click.command("schema")
@click.argument("kind", type=click.Choice(["site", "hall"]), default="site")
@click.pass_obj
def command(screen: Screen, kind: str) -> int:
    """Print the JSON Schema of a site file or a hall file, for editors.

    In YAML: the first line `# yaml-language-server: $schema=site.schema.json`.
    """
    from gigaworks.inventory.canonical import pretty
    from gigaworks.inventory.model.file import HallFile, SiteFile

    model = HallFile if kind == "hall" else SiteFile
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **model.model_json_schema()}
    screen.out.write(pretty(schema).decode())
    return 0
