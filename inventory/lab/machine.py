"""What a lab machine can do, whatever it is made of: namespaces today, a virtual machine with firmware tomorrow."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Protocol

import msgspec

from gigaworks.inventory.blueprint import Accelerators, Arch, Node

PowerState = Literal["on", "off"]
BootSource = Literal["disk", "network", "media"]


class Hardware(msgspec.Struct, kw_only=True):
    """What the machine really consists of. Faults change this, never the blueprint."""

    manufacturer: str
    model: str
    serial: str
    arch: Arch
    sockets: int
    cores: int
    memory_gib: float
    macs: dict[str, str]  # NIC name → MAC address
    accelerators: Accelerators | None
    power_cap_w: int | None = None
    maximum_draw_w: int = 0


def hardware_of(node: Node) -> Hardware:
    """Build the machine that the blueprint's node describes; what is unknown gets a small plausible value."""
    sku = node.sku
    return Hardware(
        manufacturer=sku.manufacturer,
        model=sku.model,
        serial=node.serial or f"LAB-{node.name.upper()}",
        arch=node.arch,
        sockets=sku.sockets or 1,
        cores=sku.cores or 1,
        memory_gib=sku.memory_gib or 1.0,
        macs={nic.name: nic.mac for nic in node.nics},
        accelerators=sku.accelerators,
        maximum_draw_w=round((node.draw_kw or 0.1) * 1000),
    )


class Machine(Protocol):
    """One machine behind its power button. ``boot`` takes effect at the next start or reset."""

    name: str
    hardware: Hardware
    console: Path  # everything the machine ever printed
    capabilities: frozenset[str]  # of: network-boot, media, graceful-off

    def power(self) -> PowerState:
        """Return whether the machine is running."""

    async def power_on(self) -> None:
        """Start the machine from its boot source; a running one is left alone."""

    async def power_off(self, graceful: bool) -> None:
        """Stop the machine; graceful asks its init first and may fail within its time limit."""

    async def reset(self) -> None:
        """Stop and start at once, ungracefully."""

    def boot(self) -> tuple[BootSource, bool]:
        """Return the boot source override and whether it holds for one start only."""

    def set_boot(self, source: BootSource, once: bool) -> None:
        """Set what the next start boots from; once falls back to disk afterwards."""

    def set_media(self, image: Path | None) -> None:
        """Insert or eject virtual media."""


class OutletBank(Protocol):
    """The outlets of one rack PDU (simulated); switching one off takes power from the machine behind it."""

    name: str
    limit_w: int | None

    def outlets(self) -> dict[str, PowerState]:
        """Return the state of every outlet by its number."""

    def draw_w(self, outlet: str) -> float:
        """Return the simulated draw of what is behind an outlet, in W."""

    async def switch(self, outlet: str, state: PowerState) -> None:
        """Switch one outlet."""
