"""gigaworks audit: the ledger, and whether anyone changed it."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.group("audit")
def command() -> None:
    """Read the ledger, or prove that nobody changed it. Neither needs a plant."""


@command.command("log")
@options.site
@click.option("--since", metavar="DATE", help="Only what happened on or after this day (UTC).")
@options.as_json
@click.pass_obj
def log(screen: Screen, site: Path, since: str | None, json: bool) -> int:
    """Show who did what to SITE, when, why, and with which result."""
    import msgspec

    from gigaworks.cli.opening import site_folder
    from gigaworks.cli.record.ledger import Ledger
    from gigaworks.cli.views.audit import show_log
    from gigaworks.cli.views.jsonl import show_document

    entries = [entry for entry in Ledger(site_folder(site).ledger).entries() if entry.at >= (since or "")]
    if json:
        show_document({"entries": msgspec.to_builtins(entries)}, screen.out)
    else:
        show_log(entries, screen.out)
    return 0


@command.command("verify")
@options.site
@click.option("--contains", metavar="HASH", help="A head noted earlier; the chain must still run through it.")
@options.as_json
@click.pass_obj
def verify(screen: Screen, site: Path, contains: str | None, json: bool) -> int:
    """Check every entry of SITE's ledger and every plan that it names. Exits with 1 where anything was changed."""
    import msgspec

    from gigaworks.cli.opening import site_folder
    from gigaworks.cli.record.ledger import Ledger
    from gigaworks.cli.record.revisions import check_plans
    from gigaworks.cli.views.audit import show_verdict
    from gigaworks.cli.views.jsonl import show_document
    from gigaworks.inventory.problem import GigaworksError, Problem

    folder = site_folder(site)
    ledger = Ledger(folder.ledger)
    verdict = ledger.verify()
    plans, changed = check_plans(folder, []) if verdict.problem else check_plans(folder, list(ledger.entries()))
    if contains and not verdict.problem and not any(entry.hash.startswith(contains) for entry in ledger.entries()):
        changed.append(
            Problem(
                "the ledger does not hold that entry",
                f"no entry has hash {contains}: entries were cut off or replaced since it was noted",
                "restore the ledger from a copy",
            )
        )
    if json:
        problems = [*([verdict.problem] if verdict.problem else []), *changed]
        sound = not problems
        show_document(
            {
                "sound": sound,
                "verdict": msgspec.to_builtins(verdict),
                "plans": plans,
                "problems": msgspec.to_builtins(problems),
            },
            screen.out,
        )
        return 0 if sound else 1
    if changed:
        raise GigaworksError(*changed)
    show_verdict(verdict, screen.out if not verdict.problem else screen.err, plans)
    return 1 if verdict.problem else 0
