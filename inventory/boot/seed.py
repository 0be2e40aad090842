"""The seed: what makes a golden image this one node. A tar that the install agent unpacks into the fresh root."""

from __future__ import annotations

import io
import tarfile

from gigaworks.inventory.boot.configure import BootConfiguration, BootNode
from gigaworks.inventory.canonical import pretty


def seed(configuration: BootConfiguration, node: BootNode) -> bytes:
    """Return the seed of a node; the same configuration gives the same bytes."""
    files = {
        "etc/hostname": f"{node.name}\n",
        "etc/hosts": (
            "127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"
            f"{node.address} {node.name}.{configuration.domain} {node.name}\n"
        ),
        "etc/network/interfaces": _interfaces(node),
        "etc/ssh/sshd_config.d/10-gigaworks.conf": (
            "# made by Gigaworks at installation\n"
            "HostKey /etc/ssh/ssh_host_ed25519_key\n"
            "PermitRootLogin prohibit-password\n"
            "PasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\n"
        ),
        "etc/gigaworks/node.json": pretty(
            {"site": configuration.site, "node": node.name, "arch": node.arch, "image": node.image}
        ).decode(),
    }
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, text in files.items():
            _add(tar, name, text, 0o644)
        directory = tarfile.TarInfo("root/.ssh")
        directory.type, directory.mode = tarfile.DIRTYPE, 0o700
        tar.addfile(directory)
        _add(tar, "root/.ssh/authorized_keys", "".join(f"{key}\n" for key in configuration.authorized_keys), 0o600)
    return buffer.getvalue()


def _interfaces(node: BootNode) -> str:
    gateway = f"    gateway {node.gateway}\n" if node.gateway else ""
    return (
        "# made by Gigaworks at installation\n"
        "auto lo\niface lo inet loopback\n\n"
        f"auto {node.interface}\niface {node.interface} inet static\n"
        f"    address {node.address}/{node.prefix_length}\n{gateway}    mtu {node.mtu}\n\n"
        "source /etc/network/interfaces.d/*\n"
    )


def _add(tar: tarfile.TarFile, name: str, text: str, mode: int) -> None:
    data = text.encode()
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(data), mode
    tar.addfile(entry, io.BytesIO(data))
