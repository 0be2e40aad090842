"""gigaworks lab: a site's machines on this computer."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen

if TYPE_CHECKING:
    from gigaworks.inventory.folder import SiteFolder


@click.group("lab")
def command() -> None:
    """Make, look at, break and remove a site's machines on this computer. Needs root."""


@command.command("up")
@options.site
@click.pass_obj
def up(screen: Screen, site: Path) -> int:
    """Make the machines of SITE, powered off and wired as the cable plan says; a second time adds what is new."""
    from gigaworks.cli.opening import open_site, refuse_broken
    from gigaworks.cli.views.names import fold
    from gigaworks.cli.workflows.release import installed
    from gigaworks.inventory import lab
    from gigaworks.inventory.problem import GigaworksError

    declared, folder = open_site(site, write=True)
    known = installed(folder, declared.blueprint) if folder.plant.exists() and not folder.lab.exists() else []
    refuse_broken(declared, folder)
    missing = lab.missing()
    if missing:
        raise GigaworksError(*missing)
    lab.up(folder, declared.blueprint, screen.err.line)
    if known:
        screen.out.line(f"{site}: new machines with empty disks; the record says that {fold(known)} were installed.")
        halls = " ".join(f"hall/{hall}" for hall in declared.blueprint.halls)
        screen.out.line(f"Install them anew:  gigaworks node reinstall {site} {halls}")
        return 0
    screen.out.line(f"{site}: the lab is up. Next:  gigaworks plan {site} -o {site.resolve().name}.plan")
    return 0


@command.command("down")
@options.site
@click.pass_obj
def down(screen: Screen, site: Path) -> int:
    """End every machine of SITE and remove what it left behind; their disks go, too."""
    from gigaworks.cli.opening import site_folder
    from gigaworks.inventory import lab

    lab.down(site_folder(site), screen.err.line)
    screen.out.line(f"{site}: the lab is down.")
    return 0


@command.command("trees")
@click.pass_obj
def trees(screen: Screen) -> int:
    """Build the machines' file trees and images, or find them built."""
    from gigaworks.inventory.lab import trees as made

    made.ensure(screen.err.line)
    screen.out.line("The trees are in place.")
    return 0


@command.command("status")
@options.site
@options.as_json
@click.pass_obj
def status(screen: Screen, site: Path, json: bool) -> int:
    """Show every machine: power, boot source, faults."""
    from gigaworks.cli.opening import site_folder
    from gigaworks.cli.views.jsonl import show_document
    from gigaworks.cli.views.lab import show_machines
    from gigaworks.inventory import lab

    folder = site_folder(site)
    found = lab.request(folder, {"do": "status"}) if lab.is_up(folder) else {}
    if json:
        show_document({"up": bool(found), **found}, screen.out)
    else:
        show_machines(str(site), found, screen.out)
    return 0


@command.command("fault", context_settings={"ignore_unknown_options": True})
@options.site
@click.argument("kind")
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
@click.pass_obj
def fault(screen: Screen, site: Path, kind: str, arguments: tuple[str, ...]) -> int:
    """Break something of SITE behind its back; `gigaworks lab fault SITE list` names what can be broken."""
    from gigaworks.cli.opening import site_folder
    from gigaworks.cli.views.lab import show_answer
    from gigaworks.inventory import lab

    answer = lab.request(site_folder(site), {"do": "fault", "kind": kind, "arguments": list(arguments)})
    show_answer(answer, screen.out)
    return 0


@command.command("console")
@options.site
@click.argument("machine")
@click.option("-f", "--follow", is_flag=True, help="Go on as it prints more.")
@click.pass_obj
def console(screen: Screen, site: Path, machine: str, follow: bool) -> int:
    """Show what MACHINE (a node or switch) printed on its console."""
    from gigaworks.cli.opening import site_folder

    return show_console(screen, site_folder(site), machine, follow=follow)


def show_console(screen: Screen, folder: SiteFolder, machine: str, *, follow: bool) -> int:
    """Copy a machine's console to the screen, and go on until Ctrl-C where it is followed."""
    from gigaworks.inventory import lab

    path = Path(lab.request(folder, {"do": "console", "machine": machine})["path"])
    with path.open(encoding="utf-8", errors="replace") as file:
        while True:
            text = file.read()
            screen.out.write(text)
            if screen.out.broken or not (follow or text):
                return 0
            if not text:
                time.sleep(0.2)
