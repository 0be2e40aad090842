"""gigaworks destroy: take a site down, its name typed."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen


@click.command("destroy")
@options.site
@click.option("--confirm", metavar="NAME", help="The site's name, typed, where nobody can be asked.")
@options.message
@options.verbose
@options.as_json
@options.json_into
@click.pass_obj
def command(
    screen: Screen, site: Path, confirm: str | None, message: str, verbose: bool, json: bool, json_into: Path | None
) -> int:
    """Retire every node of SITE, power it off, and remove what the stacks made. Site files and ledger stay."""
    import msgspec

    from gigaworks.cli.opening import open_site, reach
    from gigaworks.cli.views.apply import show_outcome
    from gigaworks.cli.views.plan import show_plan
    from gigaworks.cli.views.run import Run
    from gigaworks.cli.workflows.apply import apply_plan
    from gigaworks.cli.workflows.plan import make_plan

    declared, folder = open_site(site)
    name = declared.blueprint.site.name
    if confirm is not None or not screen.interactive:
        _insist(confirm, name, site)
    reach(declared, folder)
    with Run(screen, f"destroy {name}", as_json=json, into=json_into, verbose=verbose) as run:
        plan = make_plan(declared, folder, run.emit, refresh=False, destroy=True)
        if plan.empty:
            run.say("outcome", subject=name, message="done", data={"done": 0, "result": "done"})
            if not json:
                screen.out.line(f"{name}: nothing to destroy.")
            return 0
        if confirm is None:
            run.settle()
            show_plan(plan, screen.err)
            _insist(screen.ask(f"\nThis destroys {name}. Type its name: "), name, site)
        outcome = apply_plan(plan, folder, run.emit, message)
        run.say("outcome", subject=name, message=outcome.result, data=msgspec.to_builtins(outcome))
        run.settle()
        if not json:
            show_outcome(
                outcome, screen.out, run.seconds, again=f"gigaworks apply {site} --resume", then=f"{name} is gone."
            )
    return outcome.exit_code


def _insist(typed: str | None, name: str, site: Path) -> None:
    from gigaworks.inventory.problem import Problem, WrongUse

    if typed != name:
        raise WrongUse(
            Problem(
                "the site's name was not typed" if typed is None else "that is not the site's name",
                f"destroying {name} needs its name, typed" + ("" if typed is None else f"; {typed!r} was"),
                f"gigaworks destroy {site} --confirm={name}",
            )
        )
