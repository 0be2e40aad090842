"""A small site for the boot services: one node for each architecture, built in code."""

from __future__ import annotations

import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Arch, Blueprint, Boot, Network, Nic, Node, Policy, SiteFacts, Sku
from gigaworks.inventory.boot.image import image_store, publish
from gigaworks.inventory.folder import SiteFolder

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHuserkeyuserkeyuserkeyuserkeyuserkeyuser test"
ARCHES: dict[str, Arch] = {"gpu-01-n1": "x86_64", "arm-01-n1": "aarch64", "rv-01-n1": "riscv64"}


def _node(name: str, arch: Arch, number: int, network: str) -> Node:
    return Node(
        name=name,
        hall="h1",
        rack="h1/r1",
        position=number,
        height=1,
        device="test",
        sku=Sku(manufacturer="", model="", sockets=None, cores=None, memory_gib=None, nics=1, accelerators=None),
        arch=arch,
        profile="plain",
        serial=None,
        bmc=None,
        outlets=[],
        nics=[
            Nic(
                name="eth0",
                mac=f"02:00:00:00:00:{number:02x}",
                fabric="mgmt",
                address=f"{network}.{number}/{'24' if network != '127.0.0' else '8'}",
                gateway=None,
                mtu=1500,
            )
        ],
        draw_kw=None,
        power_cap_w=None,
        failure_domains={},
    )


@pytest.fixture(scope="session")
def design() -> Callable[..., Blueprint]:
    """Make a blueprint; its nodes have the addresses .11, .12 and .13 in ``network``, the boot services .1."""

    def make(network: str = "10.77.1", port: int = 8080, arches: dict[str, Arch] = ARCHES) -> Blueprint:
        return Blueprint(
            site=SiteFacts(name="demo", country="FR", jurisdiction="EU", domain="demo.test", contracted_kw=100),
            halls={},
            racks={},
            power={},
            cooling={},
            pdus={},
            nodes={name: _node(name, arch, 11 + i, network) for i, (name, arch) in enumerate(arches.items())},
            switches={},
            cables=[],
            networks={"mgmt": Network(name="mgmt", kind="mgmt", prefix=f"{network}.0/24", gateway=None, mtu=1500)},
            volumes={},
            profiles={},
            policy=Policy(),
            boot=Boot(
                address=f"{network}.1",
                http_port=port,
                network="mgmt",
                images={arch: f"debian-{arch}" for arch in ARCHES.values()},
            ),
        )

    return make


@pytest.fixture(scope="session")
def site_folder() -> Callable[[Path, Path | None], SiteFolder]:
    """Make a site folder that holds a public key and has ``tree`` published as the image of each architecture."""

    def make(root: Path, tree: Path | None = None) -> SiteFolder:
        folder = SiteFolder(root)
        folder.secrets.mkdir(parents=True)
        folder.ssh_key.with_suffix(".pub").write_text(f"{KEY}\n")
        tar = root / "image.tar"
        with tarfile.open(tar, "w") as file:
            if tree is not None:
                file.add(tree, arcname=".")
        for arch in ARCHES.values():
            publish(tar, image_store(folder), arch, f"debian-{arch}")
        return folder

    return make
