"""From a blueprint to the files of the boot services. Pure but for ``prepare``, which reads, and ``write``."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Interface, IPv4Network
from pathlib import Path

import msgspec

from gigaworks.inventory.blueprint import Arch, Blueprint, Node
from gigaworks.inventory.boot.image import Image, image_store, published
from gigaworks.inventory.canonical import digest, pretty, write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem

DHCP_FILE = "dnsmasq.conf"
NODES_FILE = "nodes.json"
FILES = (DHCP_FILE, NODES_FILE)

# IANA "Processor Architecture Types" (RFC 5970): x64, ARM 64 and RISC-V 64 UEFI booted by HTTP
HTTP_CLASSES: dict[Arch, str] = {"x86_64": "00016", "aarch64": "00019", "riscv64": "00028"}


class BootNode(msgspec.Struct, frozen=True, kw_only=True):
    """What the boot services may give to one node."""

    name: str
    arch: Arch
    mac: str  # of the NIC that boots
    macs: list[str]  # every declared NIC
    interface: str
    address: str
    prefix_length: int
    gateway: str | None
    mtu: int
    image: str
    sha256: str
    size: int  # of the image, in bytes


class BootConfiguration(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the HTTP server may serve."""

    format_version: str = "1.0"
    site: str
    domain: str
    address: str
    http_port: int
    authorized_keys: list[str]
    nodes: dict[str, BootNode]


def configure(blueprint: Blueprint, images: Mapping[str, Image], authorized_keys: Sequence[str]) -> dict[str, bytes]:
    """Return the files of the boot services by name.

    Args:
        blueprint: the designed site.
        images: the published image of each declared image name (the values of ``blueprint.boot.images``).
        authorized_keys: public keys that may enter an installed node as root.

    Raises:
        GigaworksError: nodes that cannot be installed (no image for the architecture, no boot address); all of them.
    """
    problems: list[Problem] = []
    nodes: dict[str, BootNode] = {}
    for name, node in sorted(blueprint.nodes.items()):
        nic = node.nics[0] if node.nics else None
        image = images.get(blueprint.boot.images.get(node.arch, ""))
        if nic is None or nic.address is None:
            problems.append(_problem(name, "has no first NIC with an address", "declare its management network"))
        elif image is None or image.arch != node.arch:
            problems.append(_problem(name, f"no image for {node.arch} is published", f"publish one for {node.arch}"))
        else:
            nodes[name] = _boot_node(node, image)
    if problems:
        raise GigaworksError(*problems)
    configuration = BootConfiguration(
        site=blueprint.site.name,
        domain=blueprint.site.domain,
        address=blueprint.boot.address,
        http_port=blueprint.boot.http_port,
        authorized_keys=sorted(authorized_keys),
        nodes=nodes,
    )
    return {DHCP_FILE: _dnsmasq(blueprint, configuration).encode(), NODES_FILE: pretty(configuration)}


def prepare(folder: SiteFolder, blueprint: Blueprint) -> dict[str, bytes]:
    """Read the images and the site's public key, and return the files as ``configure`` makes them.

    Raises:
        GigaworksError: an image or the public key is missing, or a node cannot be installed.
    """
    public = folder.ssh_key.with_suffix(".pub")
    if not public.exists():
        raise GigaworksError(
            Problem("The site has no SSH key yet", f"{public} is not there", "make the key first, then plan again")
        )
    images: dict[str, Image] = {}
    problems: list[Problem] = []
    for name in sorted({blueprint.boot.images.get(node.arch, "") for node in blueprint.nodes.values()} - {""}):
        try:
            images[name] = published(image_store(folder), name)
        except GigaworksError as error:
            problems += error.problems
    if problems:
        raise GigaworksError(*problems)
    return configure(blueprint, images, [public.read_text().strip()])


def write(folder: SiteFolder, files: Mapping[str, bytes]) -> None:
    """Write the files where the boot services read them; they take effect with a reload."""
    for name in FILES:
        write_whole(folder.boot / name, files[name])


def read(folder: Path) -> dict[str, bytes]:
    """Read the files back; those that are not there are left out."""
    return {name: (folder / name).read_bytes() for name in FILES if (folder / name).exists()}


def decode(data: bytes) -> BootConfiguration:
    """Read ``nodes.json`` back.

    Raises:
        GigaworksError: it is no boot configuration.
    """
    try:
        return msgspec.json.decode(data, type=BootConfiguration)
    except msgspec.DecodeError as error:
        raise GigaworksError(Problem("The boot configuration cannot be read", f"{NODES_FILE}: {error}")) from error


def files_digest(files: Mapping[str, bytes]) -> str:
    """Return the digest by which a configuration is compared; the server answers with that of what it has loaded."""
    return digest({name: hashlib.sha256(data).hexdigest() for name, data in files.items()})


def _problem(name: str, detail: str, fix: str) -> Problem:
    return Problem("A node cannot be booted over the network", f"{name}: {detail}", fix, subject=name)


def _boot_node(node: Node, image: Image) -> BootNode:
    nic = node.nics[0]
    where = IPv4Interface(nic.address or "")
    return BootNode(
        name=node.name,
        arch=node.arch,
        mac=nic.mac.lower(),
        macs=sorted(each.mac.lower() for each in node.nics),
        interface=nic.name,
        address=str(where.ip),
        prefix_length=where.network.prefixlen,
        gateway=nic.gateway,
        mtu=nic.mtu,
        image=image.name,
        sha256=image.sha256,
        size=image.size,
    )


def _dnsmasq(blueprint: Blueprint, configuration: BootConfiguration) -> str:
    """Render the DHCP server's file.

    Firmware, agent and system use different client ids, hence ``id:*``. Clients that ask by PXE are not
    answered, so that a firmware with both goes on to HTTP. The answer must carry option 60, or UEFI drops it.
    """
    network = blueprint.networks[blueprint.boot.network]
    prefix = IPv4Network(network.prefix)
    lines = [
        "# made by Gigaworks from the site's blueprint; changes here are drift",
        "port=0",
        "bind-dynamic",
        f"listen-address={configuration.address}",
        "no-hosts",
        "no-resolv",
        "no-ping",
        "dhcp-authoritative",
        f"dhcp-lease-max={max(1, 2 * len(configuration.nodes))}",
        f"dhcp-range={prefix.network_address},static,{prefix.netmask},12h",
        "dhcp-ignore=tag:!known",
        "dhcp-vendorclass=set:pxe,PXEClient",
        "dhcp-ignore=tag:pxe",
        f"dhcp-option=3{f',{network.gateway}' if network.gateway else ''}",
    ]
    for arch, number in HTTP_CLASSES.items():
        lines += [
            f"dhcp-vendorclass=set:{arch},HTTPClient:Arch:{number}",
            f"dhcp-option-force=tag:{arch},60,HTTPClient",
            f"dhcp-boot=tag:{arch},http://{configuration.address}:{configuration.http_port}/boot/{arch}",
        ]
    lines += [f"dhcp-host={node.mac},id:*,{node.address},{node.name}" for node in configuration.nodes.values()]
    return "\n".join(lines) + "\n"
