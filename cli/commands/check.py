"""gigaworks check: load, design, laws."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("check")
@options.site
@options.as_json
@options.reports("sarif", "junit", "markdown")
@click.pass_obj
def command(screen: Screen, site: Path, json: bool, report: tuple[tuple[str, Path], ...]) -> int:
    """Load SITE, design it, and check it against every law.

    Exits with 1 where files cannot be loaded, with 5 where a law is broken.
    """
    import time

    import msgspec

    from gigaworks.cli.opening import misused_roles, open_site
    from gigaworks.cli.views import check as view
    from gigaworks.cli.views.problems import placed
    from gigaworks.inventory.problem import SiteError

    began = time.monotonic()
    try:
        declared, folder = open_site(site, write=True)
    except SiteError as error:
        view.write_reports(list(error.problems), site.name, report)
        if json:
            view.show_json(None, list(error.problems), screen.out)
            return error.exit_code
        raise
    misused = misused_roles(declared, folder)
    findings = [*misused, *placed(declared.findings, site)]
    broken = [problem for problem in findings if problem.severity == "error"]
    view.write_reports(findings, declared.blueprint.site.name, report)
    if json:
        view.show_json(msgspec.to_builtins(declared.blueprint.site), findings, screen.out)
    else:
        view.show_check(declared.blueprint, findings, time.monotonic() - began, screen.out, screen.err)
    if misused:
        return 1
    return 5 if broken else 0
