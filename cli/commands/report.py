"""gigaworks report: one HTML file with everything."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("report")
@options.site
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), default="report.html", show_default=True)
@click.pass_obj
def command(screen: Screen, site: Path, out: Path) -> int:
    """Write SITE as one HTML file: racks, power, cooling, fabric, nodes with their evidence, findings, ledger."""
    from gigaworks.cli.opening import open_site
    from gigaworks.cli.record.ledger import Ledger
    from gigaworks.cli.record.report import build
    from gigaworks.cli.views.html import write_html
    from gigaworks.cli.workflows.status import read_status

    declared, folder = open_site(site)
    ledger = Ledger(folder.ledger)
    verdict = ledger.verify()
    entries = [] if verdict.problem else list(ledger.entries())
    report = build(declared.blueprint, read_status(declared, folder), declared.findings, entries, verdict)
    write_html(report, out)
    screen.out.line(f"{out}: {out.stat().st_size / 1024:.0f} KiB, open it in any browser: {out.resolve().as_uri()}")
    return 0
