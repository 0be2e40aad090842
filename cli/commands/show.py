"""gigaworks show: one thing of a site, or all of one kind; or a saved plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gigaworks.cli import options
from gigaworks.cli.opening import complete_thing
from gigaworks.cli.views.screen import Screen

if TYPE_CHECKING:
    from gigaworks.cli.record.results import NodeStatus
    from gigaworks.inventory.blueprint import Blueprint
    from gigaworks.inventory.folder import SiteFolder

_NAMED = {"node": "nodes", "rack": "racks", "hall": "halls", "switch": "switches"}  # kind → the blueprint's table
_KINDS = [*_NAMED, "power", "cooling", "network", "storage", "fabric", "cables"]


@click.command("show")
@options.site
@click.argument("thing", default="", shell_complete=complete_thing)
@options.verbose
@options.as_json
@click.option("-o", "--out", type=click.Path(path_type=Path, dir_okay=False), help="Draw it into an SVG file.")
@click.pass_obj
def command(screen: Screen, site: Path, thing: str, verbose: bool, json: bool, out: Path | None) -> int:
    r"""Show a thing of SITE, or a saved plan.

    THING is node/NAME, rack/HALL/NAME, hall/NAME, switch/NAME, power, cooling, network, storage, fabric,
    fabric/KIND, cables or cables/DEVICE. Things that are alike are told as one; -v tells each. With -o a hall, a
    rack, power, cooling and a fabric are drawn into an SVG file.

    \b
    gigaworks show demo node/gpu-01-n1
    gigaworks show demo power
    gigaworks show demo rack/h1/gpu-01 -o rack.svg
    gigaworks show demo.plan
    """
    if site.is_file():
        return _plan(screen, site, verbose=verbose, json=json)
    if not thing and not site.is_dir() and ("/" in str(site) or str(site) in _KINDS):
        site, thing = Path(), str(site)  # a thing of the site in the current folder
    from gigaworks.cli.opening import one_of, open_kept
    from gigaworks.cli.views.looks import DATA, TEXTS, Look, draw

    kept, folder = open_kept(site)
    kind, _, name = thing.partition("/")
    one_of(["", *_KINDS], kind, "kind of thing")
    if name and kind in _NAMED:
        one_of(kept.names(_NAMED[kind]), name, kind)
    one = name and kind in ("node", "switch")  # of which the rest of the site need not be read
    blueprint = kept.only(_NAMED[kind], name) if one else kept.whole()
    look = Look(blueprint, kind, name, _statuses(blueprint, folder, kind, name), verbose)
    if out:
        draw(look, out)
        screen.err.line(f"{out}: {thing or 'site'} as SVG, {out.stat().st_size / 1024:.0f} KiB")
        return 0
    several = kind in _NAMED and not name
    if json:
        from gigaworks.cli.views.jsonl import show_document

        show_document(DATA["names" if several else kind](look), screen.out)
        return 0
    TEXTS["names" if several else kind](look, screen.out)
    return 0


def _statuses(blueprint: Blueprint, folder: SiteFolder, kind: str, name: str) -> dict[str, NodeStatus]:
    """Return where the nodes are that are shown with it."""
    if not name or kind not in ("node", "rack", "hall"):
        return {}
    from gigaworks.cli.workflows.status import node_statuses

    asked = [it.name for it in blueprint.nodes.values() if kind == "node" or name in (it.rack, it.hall)]
    return {node.name: node for node in node_statuses(blueprint, folder, asked)}


def _plan(screen: Screen, file: Path, *, verbose: bool, json: bool) -> int:
    import msgspec

    from gigaworks.cli.record.document import load
    from gigaworks.cli.views.jsonl import show_document
    from gigaworks.cli.views.plan import show_plan

    plan = load(file)
    if json:
        show_document({"sha256": plan.sha256, "plan": msgspec.to_builtins(plan)}, screen.out)
    else:
        show_plan(plan, screen.out, verbose=verbose, diff=verbose, then=f"Apply exactly this:  gigaworks apply {file}")
    return 0
