"""gigaworks explain: a law with the site's own numbers, a role with its parameters, why a node is in a plan."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("explain")
@click.argument("subject")
@click.argument("arguments", nargs=-1)
@options.site_folder
@click.pass_obj
def command(screen: Screen, subject: str, arguments: tuple[str, ...], site: Path | None) -> int:
    r"""Explain SUBJECT.

    \b
    gigaworks explain PWR-3                          a law, and how the site stands to it
    gigaworks explain roles.kernel                   a role and its parameters
    gigaworks explain plan FILE node/gpu-01-n1       why a node or resource is in a plan
    """
    from gigaworks.cli.views import explain as view

    if subject == "plan":
        if len(arguments) != 2:
            raise click.UsageError("Name the plan and the thing: gigaworks explain plan demo.plan node/gpu-01-n1")
        from gigaworks.cli.record.document import load

        return view.explain_in_plan(load(Path(arguments[0])), arguments[1], screen.out)
    if arguments:
        raise click.UsageError(f"There is nothing to explain about {' '.join(arguments)!r} of {subject}.")
    if subject.startswith("roles."):
        return view.explain_role(subject.removeprefix("roles."), (site or Path()) / "roles", screen.out)
    return _law(screen, subject.upper(), site)


def _law(screen: Screen, law: str, site: Path | None) -> int:
    from gigaworks.cli.opening import one_of, open_site
    from gigaworks.cli.views import explain as view
    from gigaworks.inventory.laws import LAWS
    from gigaworks.inventory.problem import GigaworksError

    one_of(list(LAWS), law, "law")
    findings = None
    try:
        findings = [problem for problem in open_site(site or Path())[0].findings if problem.id == law]
    except GigaworksError:
        if site:
            raise
    view.explain_law(law, LAWS[law], findings, screen.out)
    return 0
