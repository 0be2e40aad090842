"""Inventories of machines: for Prometheus, pyinfra and Ansible."""

from __future__ import annotations

from collections import defaultdict
from pprint import pformat
from typing import Any

from gigaworks.inventory import hosts as inventory
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.canonical import pretty

_EXPORTER = "observability"  # the role that runs node_exporter
_PORT = 9100  # where node_exporter listens unless the role says otherwise


def prometheus(blueprint: Blueprint) -> str:
    """Return file_sd_configs of Prometheus: each node that runs node_exporter, with what it is and where it stands."""
    groups: list[dict[str, Any]] = []
    for name, node in sorted(blueprint.nodes.items()):
        roles = {call.role: call.params for call in blueprint.profiles[node.profile].roles}
        if _EXPORTER not in roles or not node.nics or not node.nics[0].address:
            continue
        rack, it = blueprint.racks[node.rack], node.sku.accelerators
        labels = {
            "site": blueprint.site.name, "hall": node.hall, "row": rack.row, "rack": rack.name, "node": name,
            "arch": node.arch, "profile": node.profile, "device": node.device,
            "accelerator": it.model if it else "", "accelerators": str(it.count if it else 0),
        }  # fmt: skip
        labels |= {
            domain.replace("-", "_"): value for domain, value in node.failure_domains.items() if domain != "rack"
        }
        port = roles[_EXPORTER].get("port", _PORT)
        groups.append({"targets": [f"{node.nics[0].address.partition('/')[0]}:{port}"], "labels": labels})
    return pretty(groups).decode()


def pyinfra(blueprint: Blueprint, found: list[inventory.Host], key_file: str, known_hosts: str) -> str:
    """Return an inventory file of pyinfra: every node, then a group for each profile and rack."""
    groups: dict[str, list[str]] = defaultdict(list)
    for host in found:
        for group in (f"profile {host.profile}", f"rack {host.rack}"):
            groups["".join(letter if letter.isalnum() else "_" for letter in group)].append(host.name)
    lines = [f'"""The nodes of site {blueprint.site.name}: pyinfra FILE exec -- uptime"""', ""]
    nodes = inventory.pyinfra(found, key_file, known_hosts)
    lines += [f"nodes = {pformat(nodes, width=110)}"]
    lines += [f"{name} = {pformat(members, width=110, compact=True)}" for name, members in sorted(groups.items())]
    return "\n".join(lines) + "\n"


def ansible(found: list[inventory.Host], key_file: str, known_hosts: str) -> str:
    """Return what Ansible expects of an inventory script with ``--list``."""
    return pretty(inventory.ansible(found, key_file, known_hosts)).decode()
