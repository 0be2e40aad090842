"""The 21 operations, written with pyinfra's own: stock pyinfra and Gigaworks run this same function."""

from __future__ import annotations

from pathlib import Path

from pyinfra.operations import apt, files, server

HERE = Path(__file__).parent
SYSCTL = {
    "net.core.somaxconn": 8192,
    "vm.swappiness": 10,
    "fs.file-max": 2000000,
    "net.ipv4.tcp_fin_timeout": 15,
    "vm.max_map_count": 262144,
}


def operations(node_name: str, node_index: int, peers: list[str]) -> None:
    """Call them all."""
    apt.packages(name="packages", packages=["curl", "sudo", "procps"])
    for path in ("/etc/lab", "/opt/lab", "/var/lib/lab", "/var/log/lab"):
        files.directory(name=f"directory {path}", path=path, mode="755", user="root", group="root")
    for number in range(1, 6):
        files.template(
            name=f"template {number}",
            src=str(HERE / f"templates/app{number}.conf.j2"),
            dest=f"/etc/lab/app{number}.conf",
            mode="644",
            user="root",
            group="root",
            node_name=node_name,
            node_index=node_index,
            peers=peers,
        )
    files.put(
        name="blob", src=str(HERE / "files/blob.txt"), dest="/etc/lab/blob.txt", mode="644", user="root", group="root"
    )
    for key, value in SYSCTL.items():
        files.line(name=f"sysctl {key}", path="/etc/sysctl.conf", line=f"^{key} ?=.*", replace=f"{key} = {value}")
    server.group(name="group", group="labapp", system=True)
    server.user(  # noqa: S604 - a login shell
        name="user", user="labapp", group="labapp", home="/home/labapp", shell="/bin/bash", system=True,
        create_home=True,
    )  # fmt: skip
    files.directory(name="ssh folder", path="/home/labapp/.ssh", mode="700", user="labapp", group="labapp")
    files.put(
        name="authorized keys", src=str(HERE / "files/authorized_keys"), dest="/home/labapp/.ssh/authorized_keys",
        mode="600", user="labapp", group="labapp",
    )  # fmt: skip
    files.put(
        name="unit", src=str(HERE / "files/labapp.service"), dest="/etc/systemd/system/labapp.service", mode="644",
        user="root", group="root",
    )  # fmt: skip
