"""gigaworks export: a site as files for other tools."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from gigaworks.cli import options
from gigaworks.cli.views.screen import Screen

if TYPE_CHECKING:
    from gigaworks.inventory.declare import Declared
    from gigaworks.inventory.folder import SiteFolder

KINDS = {
    "cables": "cable schedule (CSV): both ends, labels to print, lengths",
    "bom": "bill of materials (CSV)",
    "netbox": "CSV files for NetBox's bulk import, into a folder",
    "prometheus": "targets for Prometheus (file_sd JSON)",
    "pyinfra": "inventory for pyinfra (Python)",
    "ansible": "inventory for Ansible (JSON, as of --list)",
}


@click.command("export")
@options.site
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.option(
    "-o", "--out", type=click.Path(path_type=Path), help="File, or folder for netbox; left out, a file goes to stdout."
)
@click.pass_obj
def command(screen: Screen, site: Path, kind: str, out: Path | None) -> int:
    r"""Write SITE as KIND for another tool.

    \b
    cables      cable schedule (CSV): both ends, labels to print, lengths
    bom         bill of materials (CSV)
    netbox      CSV files for NetBox's bulk import, into a folder
    prometheus  targets for Prometheus (file_sd JSON)
    pyinfra     inventory for pyinfra (Python)
    ansible     inventory for Ansible (JSON, as of --list)

    \b
    gigaworks export demo cables -o cables.csv
    gigaworks export demo netbox -o netbox/
    """
    from gigaworks.cli.opening import open_site
    from gigaworks.cli.views.exports.files import write_folder
    from gigaworks.inventory.canonical import write_whole
    from gigaworks.inventory.problem import Problem, WrongUse

    if kind == "netbox" and out is None:
        fix = f"name a folder: gigaworks export {site} netbox -o netbox"
        raise WrongUse(Problem("an export for NetBox is several files", fix=fix))
    declared, folder = open_site(site)
    if kind == "netbox" and out is not None:
        from gigaworks.cli.views.exports.netbox import netbox
        from gigaworks.cli.workflows.status import read_status

        states = {node.name: node.state for node in read_status(declared, folder).nodes}
        files = netbox(declared.blueprint, states)
        write_folder(out, files)
        screen.err.line(f"{out}: {len(files)} files. Import them into NetBox in the order of their numbers.")
        screen.err.line("Where its device types have interfaces of their own, leave device types and interfaces out.")
        return 0
    text = _text(declared, folder, kind)
    if out is None:
        screen.out.write(text)
    else:
        write_whole(out, text.encode())
        screen.err.line(f"{out}: {KINDS[kind].partition(' (')[0]}, {len(text.splitlines()):,} lines")
    return 0


def _text(declared: Declared, folder: SiteFolder, kind: str) -> str:
    from gigaworks.cli.views.exports import bom, cables, hosts
    from gigaworks.cli.workflows.opened import open_plant
    from gigaworks.inventory.hosts import hosts as all_hosts

    blueprint = declared.blueprint
    if kind == "cables":
        return cables.cable_schedule(blueprint)
    if kind == "bom":
        return bom.bill_of_materials(blueprint)
    if kind == "prometheus":
        return hosts.prometheus(blueprint)
    plant = open_plant(folder, blueprint)
    try:
        found = all_hosts(blueprint, plant.nodes.all())
    finally:
        plant.close()
    key, known = str(folder.ssh_key.resolve()), str(folder.known_hosts.resolve())
    return hosts.pyinfra(blueprint, found, key, known) if kind == "pyinfra" else hosts.ansible(found, key, known)
