"""gigaworks apply: exactly what a plan says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gigaworks.cli import opening, options
from gigaworks.cli.views.screen import Screen

if TYPE_CHECKING:
    from gigaworks.cli.record.document import PlanDocument
    from gigaworks.cli.views.run import Run
    from gigaworks.cli.workflows.plan import Scope
    from gigaworks.inventory.declare import Declared
    from gigaworks.inventory.folder import SiteFolder


@click.command("apply")
@click.argument(
    "what", metavar="PLAN|SITE", type=click.Path(path_type=Path), default=".", shell_complete=opening.complete_site
)
@click.option("--yes", is_flag=True, help="Apply a site without a saved plan and without asking.")
@click.option("--resume", is_flag=True, help="Carry on with the plan whose apply was cut off or failed in part.")
@options.scope
@options.message
@options.site_folder
@options.verbose
@options.as_json
@options.json_into
@options.reports("junit")
@click.pass_obj
def command(
    screen: Screen,
    what: Path,
    yes: bool,
    resume: bool,
    limit: tuple[str, ...],
    exclude: tuple[str, ...],
    fail_percent: int | None,
    message: str,
    site: Path | None,
    verbose: bool,
    json: bool,
    json_into: Path | None,
    report: tuple[tuple[str, Path], ...],
) -> int:
    """Apply a saved PLAN, or plan SITE, show it, ask, and apply that.

    Exits with 3 where only a part was done; `--resume` carries on with the rest.
    """
    from gigaworks.cli.opening import open_site, reach
    from gigaworks.cli.record.document import load
    from gigaworks.cli.views.run import Run
    from gigaworks.cli.workflows.plan import EVERYTHING, Scope
    from gigaworks.inventory.problem import Problem, WrongUse

    if not what.exists():
        raise WrongUse(Problem("there is no such plan or site", str(what), "gigaworks plan SITE -o FILE makes a plan"))
    plan = load(what) if what.is_file() else None
    scope = Scope(limit, exclude, fail_percent)
    if (plan or resume) and scope != EVERYTHING:
        why = "a plan is applied as it was made"
        fix = f"gigaworks plan {site or 'SITE'} -o FILE with --limit, --exclude or --fail-percent, then apply FILE"
        raise WrongUse(Problem("nodes cannot be chosen here", why, fix))
    if plan is None and not (yes or resume or screen.interactive):
        _nobody_to_ask(what)
    root = _root_of(plan, what, site)
    declared, folder = open_site(root, write=plan is None and not resume)
    reach(declared, folder)
    with Run(screen, f"apply {what}", as_json=json, into=json_into, verbose=verbose) as run:
        if plan is None:
            if resume:
                plan = _unfinished(declared, folder)
            else:
                plan = _planned(screen, declared, folder, run, scope, ask=not yes)
        if plan.empty and not resume:
            run.say("summary", subject=plan.site, message="nothing to do", data={"done": 0, "result": "done"})
            if not json:
                screen.out.line(f"{plan.site}: nothing to do.")
            return 0
        return _apply(screen, plan, folder, run, message=message, resume=resume, report=report)


def _apply(
    screen: Screen,
    plan: PlanDocument,
    folder: SiteFolder,
    run: Run,
    *,
    message: str,
    resume: bool,
    report: tuple[tuple[str, Path], ...],
) -> int:
    import msgspec

    from gigaworks.cli.views.apply import show_outcome
    from gigaworks.cli.workflows.apply import apply_plan

    again = f"gigaworks apply {folder.root} --resume"
    try:
        outcome = apply_plan(plan, folder, run.emit, message, resume=resume)
    except KeyboardInterrupt:
        run.settle()
        screen.err.line(f"interrupted; what was done is recorded. Carry on:  {again}")
        return 130
    run.say("outcome", subject=plan.site, message=outcome.result, data=msgspec.to_builtins(outcome))
    run.settle()
    for _, path in report:
        from gigaworks.cli.views.junit import of_progress, write_junit

        write_junit(of_progress(run.progress), path)
    if not run.as_json:
        then = f"{plan.site} is gone." if plan.destroy else f"See it:  gigaworks status {folder.root}"
        foreseen = None if resume else plan.forecast_minutes
        show_outcome(outcome, screen.out, run.seconds, again=again, then=then, forecast_minutes=foreseen)
    return outcome.exit_code


def _planned(
    screen: Screen, declared: Declared, folder: SiteFolder, run: Run, scope: Scope, *, ask: bool
) -> PlanDocument:
    """Plan the site, show the plan, and ask."""
    from gigaworks.cli.opening import refuse_broken
    from gigaworks.cli.views.plan import show_plan
    from gigaworks.cli.workflows.plan import make_plan

    refuse_broken(declared, folder)
    plan = make_plan(declared, folder, run.emit, refresh=True, scope=scope)
    if not run.as_json and not plan.empty:
        run.settle()
        show_plan(plan, screen.out)
    if ask and not plan.empty and screen.ask("\nApply exactly this? Type yes: ") != "yes":
        raise click.Abort
    return plan


def _unfinished(declared: Declared, folder: SiteFolder) -> PlanDocument:
    from gigaworks.cli.record.document import load
    from gigaworks.cli.record.revisions import kept_plan
    from gigaworks.inventory.plant.store import Plant, plant_url
    from gigaworks.inventory.problem import GigaworksError, Problem

    head = Plant(plant_url(folder, declared.blueprint.site.database)).head()
    if head is None or head.result == "done":
        raise GigaworksError(
            Problem(
                "there is nothing to carry on with",
                "the last apply of this site ended well" if head else "nothing was applied to this site yet",
                f"see what would change: gigaworks plan {folder.root}",
            )
        )
    return load(kept_plan(folder, head.plan))


def _root_of(plan: PlanDocument | None, what: Path, site: Path | None) -> Path:
    from gigaworks.cli.opening import folder_of

    return folder_of(plan, what, site) if plan else site or what


def _nobody_to_ask(what: Path) -> None:
    from gigaworks.inventory.problem import Problem, WrongUse

    raise WrongUse(
        Problem(
            "nobody can be asked here",
            "stdin is no terminal, and neither a saved plan nor --yes was given",
            f"gigaworks plan {what} -o site.plan, then gigaworks apply site.plan; or gigaworks apply {what} --yes",
        )
    )
