"""Fleet records and blueprint as an inventory that pyinfra, Ansible and plain ssh can read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from gigaworks.inventory.blueprint import Arch, Blueprint
from gigaworks.inventory.fleet.record import NodeRecord, State


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """A node as something to connect to; ``host_key`` is None until its installation reported one."""

    name: str
    address: str
    arch: Arch
    profile: str
    rack: str
    state: State
    host_key: str | None


def hosts(blueprint: Blueprint, records: Mapping[str, NodeRecord]) -> list[Host]:
    """Return every node that has an address on its boot NIC, by name."""
    found = []
    for name, node in sorted(blueprint.nodes.items()):
        record = records.get(name) or NodeRecord(name=name)
        if node.nics and node.nics[0].address:
            found.append(
                Host(
                    name=name,
                    address=node.nics[0].address.partition("/")[0],
                    arch=node.arch,
                    profile=node.profile,
                    rack=node.rack,
                    state=record.state,
                    host_key=record.host_key,
                )
            )
    return found


def ansible(found: list[Host], key_file: str, known_hosts: str) -> dict[str, Any]:
    """Return the JSON that Ansible expects of an inventory script; groups are profiles, architectures and racks."""
    groups: dict[str, Any] = {}
    for host in found:
        for group in (f"profile_{host.profile}", f"arch_{host.arch}", f"rack_{host.rack}"):
            name = "".join(letter if letter.isalnum() else "_" for letter in group)
            groups.setdefault(name, {"hosts": []})["hosts"].append(host.name)
    variables = {
        host.name: {
            "ansible_host": host.address,
            "ansible_user": "root",
            "ansible_ssh_private_key_file": key_file,
            "ansible_ssh_common_args": f"-o UserKnownHostsFile={known_hosts} -o StrictHostKeyChecking=yes",
        }
        for host in found
    }
    return {**groups, "_meta": {"hostvars": variables}}


def pyinfra(found: list[Host], key_file: str, known_hosts: str) -> list[tuple[str, dict[str, str]]]:
    """Return the hosts as a pyinfra inventory file lists them: (name, data)."""
    data = {
        "ssh_user": "root",
        "ssh_key": key_file,
        "ssh_known_hosts_file": known_hosts,
        "ssh_strict_host_key_checking": "yes",
    }
    return [(host.name, {"ssh_hostname": host.address, "arch": host.arch, **data}) for host in found]


def ssh_config(found: list[Host], key_file: str, known_hosts: str) -> str:
    """Return an OpenSSH client configuration: ``ssh -F FILE NODE``."""
    return "\n".join(
        f"Host {host.name}\n  HostName {host.address}\n  HostKeyAlias {host.name}\n  User root\n"
        f"  IdentityFile {key_file}\n  IdentitiesOnly yes\n"
        f"  UserKnownHostsFile {known_hosts}\n  StrictHostKeyChecking yes\n"
        for host in found
    )
