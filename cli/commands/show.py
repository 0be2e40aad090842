"""gigaworks show: one thing of a site, or all of one kind; or a saved plan."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from gigaworks.cli import options
from gigaworks.cli.opening import complete_thing
from gigaworks.cli.views.screen import Screen

if TYPE_CHECKING:
    from gigaworks.cli.record.results import NodeStatus
    from gigaworks.inventory.blueprint import Blueprint
    from gigaworks.inventory.folder import SiteFolder


@click.command("show")
@options.site
@click.argument("thing", default="", shell_complete=complete_thing)
@options.verbose
@options.as_json
@click.pass_obj
def command(screen: Screen, site: Path, thing: str, verbose: bool, json: bool) -> int:
    r"""Show a thing of SITE, or a saved plan.

    THING is node/NAME, rack/HALL/NAME, hall/NAME, switch/NAME, power, cooling, network, storage, cables or
    cables/DEVICE.

    \b
    gigaworks show demo node/gpu-01-n1
    gigaworks show demo power
    gigaworks show demo.plan
    """
    if site.is_file():
        return _plan(screen, site, verbose=verbose, json=json)
    if not thing and not site.is_dir() and ("/" in str(site) or str(site) in _KINDS):
        site, thing = Path(), str(site)  # a thing of the site in the current folder
    from gigaworks.cli.opening import one_of, open_kept

    kept, folder = open_kept(site)
    kind, _, name = thing.partition("/")
    if name and kind in _TABLES:
        one_of(kept.names(_TABLES[kind]), name, kind)
    one = name and kind in ("node", "switch")  # of which the rest of the site need not be read
    blueprint = kept.only(_TABLES[kind], name) if one else kept.whole()
    states = _states(blueprint, folder, kind, name)
    if json:
        return _json(screen, blueprint, kind, name, states)
    _text(screen, blueprint, kind, name, states)
    return 0


def _states(blueprint: Blueprint, folder: SiteFolder, kind: str, name: str) -> dict[str, NodeStatus]:
    """Return where the nodes are that are shown with it."""
    if not name or kind not in ("node", "rack"):
        return {}
    from gigaworks.cli.workflows.status import node_statuses

    asked = [node.name for node in blueprint.nodes.values() if kind == "node" or node.rack == name]
    return {node.name: node for node in node_statuses(blueprint, folder, asked)}


def _text(screen: Screen, blueprint: Blueprint, kind: str, name: str, nodes: dict[str, NodeStatus]) -> None:
    from gigaworks.cli.opening import one_of
    from gigaworks.cli.views import show as view
    from gigaworks.cli.views.names import fold

    wholes = {
        "": view.show_site,
        "power": view.show_power,
        "cooling": view.show_cooling,
        "network": view.show_network,
        "storage": view.show_storage,
    }
    if kind in wholes:
        wholes[kind](blueprint, screen.out)
        return
    if one_of(_KINDS, kind, "kind of thing") == "cables":
        view.show_cables([c for c in blueprint.cables if name in ("", c.a.device, c.b.device)], screen.out)
        return
    things = getattr(blueprint, _TABLES[kind])
    if not name:
        screen.out.line(fold(things))
        return
    thing = things[one_of(list(things), name, kind)]
    match kind:
        case "node":
            view.show_node(blueprint, thing, nodes.get(name), screen.out)
        case "rack":
            view.show_rack(blueprint, name, {node.name: node.state for node in nodes.values()}, screen.out)
        case "hall":
            view.show_hall(blueprint, name, screen.out)
        case "switch":
            view.show_switch(blueprint, name, screen.out)


_TABLES = {"node": "nodes", "rack": "racks", "hall": "halls", "switch": "switches"}
_WHOLE = {"power": "power", "cooling": "cooling", "network": "networks", "storage": "volumes", "cables": "cables"}
_KINDS = [*_TABLES, *_WHOLE]


def _json(screen: Screen, blueprint: Blueprint, kind: str, name: str, nodes: dict[str, NodeStatus]) -> int:
    import msgspec

    from gigaworks.cli.opening import one_of
    from gigaworks.cli.views.jsonl import show_document

    content: dict[str, Any]
    if not kind:
        content = {"blueprint": msgspec.to_builtins(blueprint)}
    elif kind in _WHOLE or not name:
        field = {**_TABLES, **_WHOLE}[one_of(_KINDS, kind, "kind of thing")]
        content = {field: msgspec.to_builtins(getattr(blueprint, field))}
    else:
        things = getattr(blueprint, _TABLES[one_of(list(_TABLES), kind, "kind of thing")])
        content = {kind: msgspec.to_builtins(things[one_of(list(things), name, kind)])}
        content |= {"status": msgspec.to_builtins(nodes[name])} if kind == "node" else {}
    show_document(content, screen.out)
    return 0


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
