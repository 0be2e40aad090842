"""gigaworks plan: what would change."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen

if TYPE_CHECKING:
    from gigaworks.cli.record.document import PlanDocument
    from gigaworks.cli.views.run import Run


@click.command("plan")
@options.site
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Save the plan; apply takes it.")
@click.option("--refresh", is_flag=True, help="Look at every device first, so that drift is in the plan.")
@click.option("--diff", is_flag=True, help="Show the lines of files that change.")
@click.option("--destroy", is_flag=True, help="Plan to take the site down.")
@options.scope
@options.detailed
@options.verbose
@options.as_json
@options.json_into
@options.reports("markdown")
@click.pass_obj
def command(
    screen: Screen,
    site: Path,
    out: Path | None,
    refresh: bool,
    diff: bool,
    destroy: bool,
    limit: tuple[str, ...],
    exclude: tuple[str, ...],
    fail_percent: int | None,
    detailed_exitcode: bool,
    verbose: bool,
    json: bool,
    json_into: Path | None,
    report: tuple[tuple[str, Path], ...],
) -> int:
    """Show what applying SITE would change. Nothing is changed."""
    from gigaworks.cli.opening import open_site, reach, refuse_broken
    from gigaworks.cli.views.plan import show_plan
    from gigaworks.cli.views.run import Run
    from gigaworks.cli.workflows.plan import Scope, make_plan

    declared, folder = open_site(site, write=True)
    if not destroy:
        refuse_broken(declared, folder)
    reach(declared, folder, must=refresh or not folder.ssh_key.exists())
    with Run(screen, f"plan {site}", as_json=json, into=json_into, verbose=verbose) as run:
        scope = Scope(limit, exclude, fail_percent)
        plan = make_plan(declared, folder, run.emit, refresh=refresh, destroy=destroy, scope=scope)
        say_plan(plan, run)
    if out:
        plan.save(out)
    for _, path in report:
        from gigaworks.cli.views.markdown import write_plan

        write_plan(plan, path)
    if not json:
        saved = f"Saved {out}  sha256 {plan.sha256[:12]}…  Apply exactly this:  gigaworks apply {out}" if out else ""
        then = saved or ("" if plan.empty else f"Save it with -o FILE, or:  gigaworks apply {site}")
        show_plan(plan, screen.out, diff=diff, verbose=verbose, then=then)
    return 2 if detailed_exitcode and not plan.empty else 0


def say_plan(plan: PlanDocument, run: Run) -> None:
    """Write a plan as lines of JSON: one a change, then the summary."""
    import msgspec

    for resource in plan.resource_changes:
        run.say("planned_change", subject=resource.name, message="", data=msgspec.to_builtins(resource))
    for node in plan.node_changes:
        run.say("planned_node", subject=node.name, message=node.reason, data=msgspec.to_builtins(node))
    content = {name: msgspec.to_builtins(getattr(plan, name)) for name in _SUMMARY}
    run.say("plan", subject=plan.site, message="", data={"sha256": plan.sha256, "empty": plan.empty, **content})


_SUMMARY = (
    "blueprint_digest",
    "parent",
    "git",
    "destroy",
    "stacks",
    "waves",
    "left_out",
    "blast_radius",
    "laws",
    "findings",
)
