"""gigaworks diff: what differs between two plans, dates or git revisions."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("diff")
@click.argument("before", metavar="A")
@click.argument("after", metavar="B")
@options.site_folder
@click.option("--rendered", is_flag=True, help="Show the lines of switch configurations that differ.")
@options.detailed
@options.verbose
@options.as_json
@click.pass_obj
def command(
    screen: Screen,
    before: str,
    after: str,
    site: Path | None,
    rendered: bool,
    detailed_exitcode: bool,
    verbose: bool,
    json: bool,
) -> int:
    """Show what differs from A to B.

    Each is a plan file, a site folder (as it is now), a date (`@2026-10-01`: what was applied by the end of that day),
    the digest of an applied plan, or a git ref of the site's repository.
    """
    import msgspec

    from gigaworks.cli.record import revisions
    from gigaworks.cli.record.ledger import Ledger
    from gigaworks.cli.views.diff import show_difference
    from gigaworks.cli.views.jsonl import show_document
    from gigaworks.inventory.folder import SiteFolder

    named = [Path(text) for text in (before, after) if (Path(text) / "site.yaml").is_file()]
    folder = SiteFolder(site or (named[0] if named else Path()))
    sides = [revisions.resolve(text, folder) for text in (before, after)]
    difference, files = revisions.differing(*sides)
    between = revisions.between(sides[0], sides[1], Ledger(folder.ledger))
    labels = (sides[0].label, sides[1].label)
    if json:
        content = {"before": labels[0], "after": labels[1], "difference": msgspec.to_builtins(difference)}
        show_document(
            {**content, "files": msgspec.to_builtins(files), "applied": msgspec.to_builtins(between)}, screen.out
        )
    else:
        name = sides[1].name
        show_difference(
            difference,
            screen.out,
            site=name,
            labels=labels,
            between=between,
            files=files,
            lines=rendered,
            verbose=verbose,
        )
    return 2 if detailed_exitcode and not difference.empty else 0
