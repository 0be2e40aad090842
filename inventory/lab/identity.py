"""What a lab site needs before its machines start: keys, the BMC password, images, the switches' own configuration."""

from __future__ import annotations

import secrets
import shutil
import subprocess
from ipaddress import IPv4Network
from pathlib import Path

from gigaworks.inventory.blueprint import Blueprint, Switch
from gigaworks.inventory.boot.image import image_store, publish
from gigaworks.inventory.canonical import write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.key_pair import key_pair
from gigaworks.inventory.lab import trees
from gigaworks.inventory.lab.certificates import Authority


def prepare(folder: SiteFolder, blueprint: Blueprint) -> None:
    """Make what is missing; what is there stays as it is.

    Raises:
        OSError: the site folder cannot be written.
    """
    folder.secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.secrets.chmod(0o700)
    if not folder.bmc_password.exists():
        write_whole(folder.bmc_password, secrets.token_urlsafe(18).encode(), 0o600)
    if not folder.ssh_key.exists():
        key_pair(folder.ssh_key, blueprint.site.name)
    write_whole(folder.bmc_ca, authority(folder).ca_path.read_bytes())
    for arch in sorted({node.arch for node in blueprint.nodes.values()}):
        if arch in blueprint.boot.images:
            publish(trees.image(arch), image_store(folder), arch, blueprint.boot.images[arch])


def password(folder: SiteFolder) -> str:
    """Return the password of the BMC user."""
    return folder.bmc_password.read_text().strip()


def authority(folder: SiteFolder) -> Authority:
    """Return the lab's certificate authority."""
    return Authority(folder.lab / "ca")


def provision_switch(folder: SiteFolder, blueprint: Blueprint, switch: Switch, flash: Path) -> None:
    """Make a switch as the factory delivers it: it runs a read-only image and keeps /etc and /root in its flash.

    It has its own host key, a management address and the site's key for its login; no ports are configured.
    """
    if not flash.exists():
        fresh = flash.with_name("flash.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True)
        copy = ["cp", "--archive", str(trees.root("switch") / "etc"), str(trees.root("switch") / "root"), str(fresh)]
        subprocess.run(copy, check=True, timeout=60, capture_output=True)
        key_pair(fresh / "etc/ssh/ssh_host_ed25519_key", switch.name)
        fresh.rename(flash)
    oob = next(network for network in blueprint.networks.values() if network.kind == "oob")
    length = IPv4Network(oob.prefix).prefixlen
    files = {
        "etc/hostname": f"{switch.name}\n",
        "etc/hosts": f"127.0.0.1 localhost\n{switch.management.address} {switch.name}\n",
        "etc/network/interfaces": (
            "auto lo\niface lo inet loopback\n\nauto eth0\niface eth0 inet static\n"
            f"    address {switch.management.address}/{length}\n"
        ),
    }
    for name, text in files.items():
        write_whole(flash / name, text.encode())
    login = flash / "root/.ssh"
    login.mkdir(mode=0o700, exist_ok=True)
    write_whole(login / "authorized_keys", folder.ssh_key.with_name(f"{folder.ssh_key.name}.pub").read_bytes(), 0o600)


def enrol_switches(folder: SiteFolder, switches: list[tuple[Switch, Path]]) -> None:
    """Write the switches' host keys into the site's known hosts, in place of what stood there for them."""
    ours = {name for switch, _ in switches for name in (switch.name, switch.management.address)}
    before = folder.known_hosts.read_text().splitlines() if folder.known_hosts.exists() else []
    lines = [line for line in before if not ours & set(line.split(" ")[0].split(","))]
    for switch, flash in switches:
        kind, key = (flash / "etc/ssh/ssh_host_ed25519_key.pub").read_text().split()[:2]
        lines.append(f"{switch.name},{switch.management.address} {kind} {key}")
    if lines != before:
        write_whole(folder.known_hosts, "".join(f"{line}\n" for line in lines).encode())
