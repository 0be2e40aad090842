"""What the lab's machines are made of: Debian packages per tree."""

from __future__ import annotations

import msgspec

from gigaworks.inventory.blueprint import Arch
from gigaworks.inventory.canonical import digest

SUITE = "trixie"
ALIASES = ("trixie", "stable")  # names of that suite on a mirror: one of them can be out of step with its indexes
REVISION = 4  # raise it when building or trimming changes what is in a tree

_INIT = (
    "sysvinit-core",
    "initscripts",
    "systemd-standalone-sysusers",  # else systemd itself comes along
    "systemd-standalone-tmpfiles",
)
_COMMON = (*_INIT, "busybox-static", "iproute2", "kmod", "lldpd", "openssh-server", "procps", "ifupdown")

# sysbench measures processor, memory bandwidth and disk on all three architectures
NODE = (
    *_COMMON,
    "ca-certificates",
    "chrony",
    "glusterfs-client",
    "iperf3",
    "prometheus-node-exporter",
    "sysbench",
)
STORAGE = ("glusterfs-server",)  # x86-64 only: no foreign node serves storage
SWITCH = (*_COMMON, "frr", "frr-pythontools", "python3")


class Recipe(msgspec.Struct, frozen=True, kw_only=True):
    """What a tree consists of; its digest names the tree in the cache."""

    name: str  # the architecture of a node's tree, or "switch"
    arch: Arch
    debian_arch: str
    packages: tuple[str, ...]
    suite: str = SUITE
    revision: int = REVISION

    @property
    def key(self) -> str:
        """The name of the tree in the cache."""
        return f"{self.name}-{digest(self)[:12]}"


RECIPES = {
    recipe.name: recipe
    for recipe in (
        Recipe(name="x86_64", arch="x86_64", debian_arch="amd64", packages=(*NODE, *STORAGE)),
        Recipe(name="aarch64", arch="aarch64", debian_arch="arm64", packages=NODE),
        Recipe(name="riscv64", arch="riscv64", debian_arch="riscv64", packages=NODE),
        Recipe(name="switch", arch="x86_64", debian_arch="amd64", packages=SWITCH),
    )
}
