"""gigaworks init: a site folder from a template."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path), required=False)
@click.option("--template", "-t", default="lab", show_default=True, help="Which template; --list names them.")
@click.option("--list", "listing", is_flag=True, help="List the templates and what can be set.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="A setting of the template.")
@options.as_json
@click.pass_obj
def command(
    screen: Screen, folder: Path | None, template: str, listing: bool, settings: tuple[str, ...], json: bool
) -> int:
    """Start a site in FOLDER, ready for git. The site's name is the folder's."""
    from gigaworks.cli.views import templates as view
    from gigaworks.inventory import templates

    if listing:
        known = list(templates.templates().values())
        (view.as_json if json else view.listed)(known, screen.out)
        return 0
    if folder is None:
        raise click.UsageError("Name the folder to make: gigaworks init demo --template lab")
    pairs = dict(_pair(text) for text in settings)
    templates.copy_template(template, folder, pairs)
    screen.out.line(f"{folder}: a site from template {template}. Read {folder / 'site.yaml'}, then:")
    screen.out.line(f"    gigaworks check {folder}")
    return 0


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise click.UsageError(f"--set {text}: write KEY=VALUE")
    return key, value
