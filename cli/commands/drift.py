"""gigaworks drift: what is not as declared."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("drift")
@options.site
@options.detailed
@options.as_json
@options.json_into
@options.reports("junit", "markdown")
@click.pass_obj
def command(
    screen: Screen,
    site: Path,
    detailed_exitcode: bool,
    json: bool,
    json_into: Path | None,
    report: tuple[tuple[str, Path], ...],
) -> int:
    """Look at every device of SITE and show what is not as declared. Nothing is changed."""
    import msgspec

    from gigaworks.cli.opening import open_site, reach
    from gigaworks.cli.views.drift import show_drift
    from gigaworks.cli.views.run import Run
    from gigaworks.cli.workflows.drift import find_drift

    declared, folder = open_site(site)
    reach(declared, folder)
    with Run(screen, f"drift {site}", as_json=json, into=json_into) as run:
        drift = find_drift(declared, folder, run.emit)
        for item in drift.items:
            run.say("drift", subject=item.subject, message=item.setting, data=msgspec.to_builtins(item))
        content = {
            "drifted": len(drift.items),
            "settings": drift.settings,
            "devices": drift.devices,
            "unreachable": drift.unreachable,
            "seconds": round(drift.seconds, 1),
        }
        run.say("summary", subject=declared.blueprint.site.name, message="", data=content)
    for kind, path in report:
        if kind == "junit":
            from gigaworks.cli.views.junit import of_drift, write_junit

            write_junit(of_drift(drift), path)
        else:
            from gigaworks.cli.views.markdown import write_drift

            write_drift(drift, str(site), path)
    if not json:
        show_drift(drift, screen.out, str(site))
    return 2 if detailed_exitcode and drift.items else 0
