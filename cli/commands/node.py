"""gigaworks node: what a node prints, and a shell on it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gigaworks.cli import options
from gigaworks.cli.opening import complete_node
from gigaworks.cli.views.screen import Screen

if TYPE_CHECKING:
    from gigaworks.inventory.blueprint import Node


@click.group("node")
def command() -> None:
    """Console or shell of a node."""


@command.command("ssh", context_settings={"ignore_unknown_options": True})
@options.site
@click.argument("node", shell_complete=complete_node)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED, metavar="[COMMAND]...")
def ssh(site: Path, node: str, arguments: tuple[str, ...]) -> int:
    """Open a shell on NODE of SITE, or run COMMAND there; its host key is verified against the site's."""
    from gigaworks.cli.opening import open_site, reach

    declared, folder = open_site(site)
    address = _node(list(declared.blueprint.nodes.values()), node).nics[0].address or node
    reach(declared, folder)
    known = f"UserKnownHostsFile={folder.known_hosts.resolve()}"
    order = ["ssh", "-i", str(folder.ssh_key.resolve()), "-o", "IdentitiesOnly=yes", "-o", known]
    order += ["-o", "StrictHostKeyChecking=yes", "-o", f"HostKeyAlias={node}", "-o", "ConnectTimeout=10"]
    os.execvp("ssh", [*order, f"root@{address.split('/')[0]}", *arguments])  # noqa: S606 the terminal is handed to ssh
    return 0


@command.command("console")
@options.site
@click.argument("node", shell_complete=complete_node)
@click.option("-f", "--follow", is_flag=True, help="Go on as it prints more.")
@click.pass_obj
def console(screen: Screen, site: Path, node: str, follow: bool) -> int:
    """Show what NODE of SITE printed on its console since it was made."""
    from gigaworks.cli.opening import open_site
    from gigaworks.inventory.problem import GigaworksError, Problem

    declared, folder = open_site(site)
    found = _node(list(declared.blueprint.nodes.values()), node)
    if not declared.blueprint.site.lab:
        bmc = f"the BMC at {found.bmc.address}" if found.bmc else "the serial port"
        raise GigaworksError(Problem("the console is not kept here", f"{node} is a real machine", f"look at {bmc}"))
    from gigaworks.cli.commands.lab import show_console

    return show_console(screen, folder, node, follow=follow)


@command.command("release")
@options.site
@click.argument("node", shell_complete=complete_node)
@options.message
@click.pass_obj
def release(screen: Screen, site: Path, node: str, message: str) -> int:
    """Let the next apply bring up a NODE that was quarantined or is in repair, once a person has seen to it."""
    from gigaworks.cli.opening import open_site
    from gigaworks.cli.workflows.release import release_node

    declared, folder = open_site(site)
    _node(list(declared.blueprint.nodes.values()), node)
    before = release_node(declared, folder, node, message)
    screen.out.line(f"{node}: {before} → expected. Next:  gigaworks plan {site} -o {site.resolve().name}.plan")
    return 0


@command.command("reinstall")
@options.site
@click.argument("nodes", nargs=-1, required=True, shell_complete=complete_node)
@options.message
@click.pass_obj
def reinstall(screen: Screen, site: Path, nodes: tuple[str, ...], message: str) -> int:
    """Let the next apply install NODES anew, as after a new disk.

    NODES are names, ranges, rack/HALL/NAME, hall/NAME or profile/NAME.
    """
    from gigaworks.cli.opening import open_site
    from gigaworks.cli.views.names import fold
    from gigaworks.cli.workflows.release import reinstall_nodes
    from gigaworks.inventory.selection import select

    declared, folder = open_site(site)
    before = reinstall_nodes(declared, folder, select(nodes, declared.blueprint), message)
    if not before:
        screen.out.line(f"{fold(nodes)}: expected already")
        return 0
    screen.out.line(f"{fold(before)}: expected again. Next:  gigaworks plan {site} -o {site.resolve().name}.plan")
    return 0


def _node(nodes: list[Node], name: str) -> Node:
    from gigaworks.cli.opening import one_of

    one_of([node.name for node in nodes], name, "node")
    return next(node for node in nodes if node.name == name)
