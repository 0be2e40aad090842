"""gigaworks explain: a law with the site's own numbers, a role with its parameters, why a node is in a plan."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("explain")
@click.argument("subject", default="")
@click.argument("arguments", nargs=-1)
@options.site_folder
@options.as_json
@click.pass_obj
def command(screen: Screen, subject: str, arguments: tuple[str, ...], site: Path | None, json: bool) -> int:
    r"""Explain SUBJECT, or list the laws.

    \b
    gigaworks explain PWR-3                          a law, and how the site stands to it
    gigaworks explain roles.kernel                   a role, its parameters and checks
    gigaworks explain plan FILE node/gpu-01-n1       why a node or resource is in a plan
    """
    from gigaworks.cli.views import explain as view

    if json and subject in ("", "plan"):
        raise click.UsageError("--json is for a law or a role: gigaworks explain PWR-3 --json")
    if not subject:
        return view.list_laws(screen.out)
    if subject == "plan":
        if len(arguments) != 2:
            raise click.UsageError("Name the plan and the thing: gigaworks explain plan demo.plan node/gpu-01-n1")
        from gigaworks.cli.record.document import load

        return view.explain_in_plan(load(Path(arguments[0])), arguments[1], screen.out)
    if arguments:
        raise click.UsageError(f"There is nothing to explain about {' '.join(arguments)!r} of {subject}.")
    if subject.startswith("roles."):
        role = view.find_role(subject.removeprefix("roles."), (site or Path()) / "roles")
        (view.explain_role_json if json else view.explain_role)(role, screen.out)
        return 0
    return _law(screen, subject.upper(), site, json=json)


def _law(screen: Screen, law: str, site: Path | None, *, json: bool) -> int:
    from dataclasses import replace

    from gigaworks.cli.opening import one_of, open_site
    from gigaworks.cli.views import explain as view
    from gigaworks.cli.views.problems import placed
    from gigaworks.inventory.laws import LAWS

    known = LAWS[one_of(list(LAWS), law, "law")]
    here = site or (Path() if Path("site.yaml").is_file() else None)
    declared = open_site(here)[0] if here else None
    if declared and here:
        declared = replace(declared, findings=placed(declared.findings, here))
    show = view.explain_law_json if json else view.explain_law
    show(known, declared, screen.out)
    return 0
