"""From a blueprint to the files of the boot services."""

from __future__ import annotations

import asyncio
import io
import shutil
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.boot import configure, dhcp
from gigaworks.inventory.boot.configure import BootConfiguration
from gigaworks.inventory.boot.image import Image, image_store, publish, published
from gigaworks.inventory.boot.seed import seed
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError

Design = Callable[..., Blueprint]
MakeFolder = Callable[..., SiteFolder]
needs_dnsmasq = pytest.mark.skipif(shutil.which("dnsmasq") is None, reason="dnsmasq is not installed")


def images() -> dict[str, Image]:
    return {
        f"debian-{arch}": Image(name=f"debian-{arch}-0123456789ab.tar", arch=arch, sha256="0" * 64, size=1)
        for arch in ("x86_64", "aarch64", "riscv64")
    }


@needs_dnsmasq
def test_dnsmasq_accepts_the_rendered_file(design: Design) -> None:
    """The judge of the DHCP configuration is dnsmasq itself, and it does refuse a broken one."""
    files = configure.configure(design(), images(), [])

    asyncio.run(dhcp.check(files[configure.DHCP_FILE]))
    with pytest.raises(GigaworksError, match="bad dhcp-range"):
        asyncio.run(dhcp.check(files[configure.DHCP_FILE].replace(b",static,", b",statics,")))


def test_every_declared_node_and_only_those_get_a_lease(design: Design) -> None:
    """Each node has its line by MAC address, whatever its client id; everybody else is ignored."""
    text = configure.configure(design(), images(), [])[configure.DHCP_FILE].decode()

    assert [line for line in text.splitlines() if line.startswith("dhcp-host=")] == [
        "dhcp-host=02:00:00:00:00:0c,id:*,10.77.1.12,arm-01-n1",
        "dhcp-host=02:00:00:00:00:0b,id:*,10.77.1.11,gpu-01-n1",
        "dhcp-host=02:00:00:00:00:0d,id:*,10.77.1.13,rv-01-n1",
    ]
    assert "dhcp-ignore=tag:!known" in text
    assert "dhcp-boot=tag:riscv64,http://10.77.1.1:8080/boot/riscv64" in text


def test_the_same_blueprint_gives_the_same_bytes(design: Design) -> None:
    """A configuration made twice has one digest; another port gives another."""
    first, again, other = (configure.configure(design(port=port), images(), ["k"]) for port in (8080, 8080, 8081))

    assert configure.files_digest(first) == configure.files_digest(again)
    assert configure.files_digest(first) != configure.files_digest(other)


def test_all_nodes_without_an_image_are_reported_at_once(design: Design) -> None:
    """One run names every node that cannot be installed."""
    with pytest.raises(GigaworksError) as caught:
        configure.configure(design(), {"debian-x86_64": images()["debian-x86_64"]}, [])

    assert {problem.subject for problem in caught.value.problems} == {"arm-01-n1", "rv-01-n1"}


def test_the_seed_makes_a_golden_image_this_node(design: Design) -> None:
    """Hostname, static address, authorized key and key-only SSH stand in the seed, with the modes that sshd wants."""
    files = configure.configure(design(), images(), ["ssh-ed25519 AAAA someone"])
    configuration = msgspec.json.decode(files[configure.NODES_FILE], type=BootConfiguration)
    data = seed(configuration, configuration.nodes["arm-01-n1"])

    with tarfile.open(fileobj=io.BytesIO(data)) as tar:
        text = {m.name: (tar.extractfile(m) or io.BytesIO()).read().decode() for m in tar if m.isfile()}
        modes = {m.name: m.mode for m in tar}
        owners = {(m.uid, m.gid) for m in tar}
    assert text["etc/hostname"] == "arm-01-n1\n"
    assert "address 10.77.1.12/24" in text["etc/network/interfaces"]
    assert text["root/.ssh/authorized_keys"] == "ssh-ed25519 AAAA someone\n"
    assert "PasswordAuthentication no" in text["etc/ssh/sshd_config.d/10-gigaworks.conf"]
    assert (modes["root/.ssh"], modes["root/.ssh/authorized_keys"]) == (0o700, 0o600)
    assert owners == {(0, 0)}


def test_publishing_the_same_tar_again_is_the_same_image(tmp_path: Path) -> None:
    """An image's name carries its digest; another tar under the same name is another image, and the old one stays."""
    store, tar = tmp_path / "store", tmp_path / "tree.tar"
    tar.write_bytes(b"one")
    first = publish(tar, store, "x86_64", "debian")
    again = publish(tar, store, "x86_64", "debian")
    other = tmp_path / "other.tar"
    other.write_bytes(b"two!")
    second = publish(other, store, "x86_64", "debian")

    assert first == again
    assert published(store, "debian") == second != first
    assert (store / first.name).read_bytes() == b"one"
    assert second.name == f"debian-{second.sha256[:12]}.tar"


def test_a_missing_image_or_key_says_what_to_do(design: Design, site_folder: MakeFolder, tmp_path: Path) -> None:
    """What is not there yet is a problem with a fix, not a traceback."""
    folder = site_folder(tmp_path)
    next(image_store(folder).glob("debian-riscv64-*.tar")).unlink()
    with pytest.raises(GigaworksError, match="missing from the image store"):
        configure.prepare(folder, design())

    folder.ssh_key.with_suffix(".pub").unlink()
    with pytest.raises(GigaworksError, match="no SSH key"):
        configure.prepare(folder, design())
