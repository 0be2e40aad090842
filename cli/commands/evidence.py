"""gigaworks evidence: what was measured on nodes, and which of them are slower than their like."""

from __future__ import annotations

from pathlib import Path

import click

from gigaworks.cli import options
from gigaworks.cli.opening import complete_node
from gigaworks.cli.views.screen import Screen


@click.command("evidence")
@options.site
@click.argument("nodes", nargs=-1, shell_complete=complete_node)
@options.as_json
@click.pass_obj
def command(screen: Screen, site: Path, nodes: tuple[str, ...], json: bool) -> int:
    """Show what was measured on NODES of SITE (all of them without any) beside like nodes, and the digest of the proof.

    NODES are names, ranges, rack/HALL/NAME, hall/NAME or profile/NAME. The raw output lies in .gigaworks/evidence.
    """
    import msgspec

    from gigaworks.cli.opening import open_site
    from gigaworks.cli.record.evidence import beside_like_nodes
    from gigaworks.cli.views.evidence import show_evidence
    from gigaworks.cli.views.jsonl import show_document
    from gigaworks.cli.workflows.evidence import evidence_of
    from gigaworks.inventory.selection import select

    declared, folder = open_site(site)
    names = sorted(select(nodes, declared.blueprint) if nodes else declared.blueprint.nodes)
    every = {name: evidence_of(folder, name) for name in declared.blueprint.nodes}
    found = beside_like_nodes(every, declared.blueprint)
    chosen = {name: found[name] for name in names}
    if json:
        show_document({"evidence": msgspec.to_builtins(chosen)}, screen.out)
    else:
        show_evidence(chosen, screen.out, whole=bool(nodes))
    return 0
