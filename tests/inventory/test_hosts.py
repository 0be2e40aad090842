"""Nodes as pyinfra, Ansible and ssh are told about them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from gigaworks.inventory.fleet.record import NodeRecord
from gigaworks.inventory.hosts import ansible, hosts, pyinfra, ssh_config
from gigaworks.inventory.templates import copy_template


@pytest.fixture(scope="module")
def blueprint(tmp_path_factory: pytest.TempPathFactory) -> Blueprint:
    """Return the lab's blueprint."""
    root = tmp_path_factory.mktemp("hosts") / "demo"
    copy_template("lab", root, {"name": "demo"})
    return declare(root).blueprint


def test_every_node_is_listed_with_where_it_stands_and_its_key(blueprint: Blueprint) -> None:
    """Nodes without a record are expected; the key is what the installation reported."""
    records = {"rv-01-n1": NodeRecord(name="rv-01-n1", state="in service", host_key="ssh-ed25519 AAAA")}
    found = {host.name: host for host in hosts(blueprint, records)}
    assert sorted(found) == sorted(blueprint.nodes)
    assert (found["rv-01-n1"].state, found["rv-01-n1"].host_key) == ("in service", "ssh-ed25519 AAAA")
    assert (found["gpu-01-n1"].state, found["gpu-01-n1"].host_key) == ("expected", None)
    assert found["arm-01-n1"].address.startswith("10.77.1.")


def test_ansible_gets_groups_and_strict_host_keys(blueprint: Blueprint) -> None:
    """The inventory is plain JSON; profiles, architectures and racks are groups."""
    inventory = json.loads(json.dumps(ansible(hosts(blueprint, {}), "/key", "/known")))
    assert inventory["profile_storage"]["hosts"] == ["sto-01-n1", "sto-02-n1", "sto-03-n1"]
    assert inventory["arch_riscv64"]["hosts"] == ["rv-01-n1"]
    assert "StrictHostKeyChecking=yes" in inventory["_meta"]["hostvars"]["gpu-01-n1"]["ansible_ssh_common_args"]


def test_pyinfra_gets_names_with_data(blueprint: Blueprint) -> None:
    """Each host has its address and the site's known hosts, strictly."""
    name, data = pyinfra(hosts(blueprint, {}), "/key", "/known")[0]
    assert name == "arm-01-n1"
    assert (data["ssh_known_hosts_file"], data["ssh_strict_host_key_checking"]) == ("/known", "yes")


def test_ssh_reads_the_configuration(blueprint: Blueprint, tmp_path: Path) -> None:
    """OpenSSH itself resolves a node's name by it."""
    ssh = shutil.which("ssh")
    if ssh is None:
        pytest.skip("ssh is not installed (Debian package openssh-client)")
    (tmp_path / "config").write_text(ssh_config(hosts(blueprint, {}), "/key", "/known"))
    command = [ssh, "-G", "-F", str(tmp_path / "config"), "gpu-01-n1"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, timeout=10).stdout
    assert f"hostname {blueprint.nodes['gpu-01-n1'].nics[0].address}".partition("/")[0] in said
    assert "stricthostkeychecking true" in said
    assert "hostkeyalias gpu-01-n1" in said
