"""What the fleet needs of the world to move one node: power, boot services, a shell, a clock. Real ones: drivers.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any, Literal, Protocol

from gigaworks.inventory.blueprint import Node
from gigaworks.inventory.fleet.record import NodeRecord, State
from gigaworks.inventory.problem import Problem


class Power(Protocol):
    """What switches one node: its BMC, or the PDU outlets that feed it.

    Methods raise GigaworksError where the device does not answer, and NotAuthorised where it refuses us.
    """

    @property
    def has_bmc(self) -> bool:
        """Whether there is a BMC: only then can a boot source be chosen and an inventory be read."""

    @property
    def button(self) -> str:
        """What switches it, in words: BMC, PDU outlet, a hand."""

    def inventory(self) -> dict[str, Any]:
        """Return what the BMC says the machine consists of; ``bmc.Inventory`` as a dictionary."""

    def power(self) -> Literal["on", "off"]:
        """Return whether the node has power."""

    def set_power(self, to: Literal["on", "off", "reset"]) -> None:
        """Switch on (one that is on stays so), off, or reset at once."""

    def boot_from(self, source: Literal["network", "disk"]) -> None:
        """Set from where every next start boots, until set again; without a BMC the firmware's own order stays."""

    def close(self) -> None:
        """End the session with the device."""


class BootServices(Protocol):
    """Orders of installations; ``boot.client.BootClient`` says what the answers hold."""

    def expect(self, node: str, order: str | None = None) -> dict[str, Any]:
        """Order an installation; the order that the node already has changes nothing."""

    def status(self, node: str) -> dict[str, Any]:
        """Return where the installation stands."""

    def forget(self, node: str) -> None:
        """Drop everything known of the node."""


class Shell(Protocol):
    """A root shell on the node over SSH, its host key verified."""

    def run(self, command: str, timeout_s: float) -> str:
        """Run a command and return what it printed.

        Raises:
            GigaworksError: the node does not answer (yet), or the command failed.
            NotAuthorised: another host key than the recorded one, or our key is refused.
        """


class HostKeys(Protocol):
    """The site's known hosts."""

    def put(self, name: str, address: str, key: str) -> None:
        """Make ``key`` the only one that is believed for this host."""

    def remove(self, name: str) -> None:
        """Forget the host's key."""


class Records(Protocol):
    """The fleet records; ``plant.Nodes``."""

    def get(self, name: str) -> NodeRecord | None:
        """Return a node's record."""

    def move(
        self, record: NodeRecord, after: State, message: str = "", now: float | None = None, **changes: Any
    ) -> NodeRecord:
        """Move a node to another state by compare-and-set."""

    def note(self, record: NodeRecord, message: str = "", now: float | None = None, **changes: Any) -> NodeRecord:
        """Change fields of a node that stays in its state."""


class Clock(Protocol):
    """Time, so that tests need none."""

    def now(self) -> float:
        """Return Unix seconds."""

    def sleep(self, seconds: float) -> None:
        """Wait; an interruption ends the wait early."""


Tell = Callable[[NodeRecord, NodeRecord, str], None]  # before, after, message: called after every change


@dataclass(frozen=True)
class Image:
    """The image that a node is to run: its name in the image store and its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class Drivers:
    """Everything that moves one node. ``bill`` compares a BMC's inventory with the node's SKU."""

    power: Power
    boot: BootServices
    shell: Shell
    host_keys: HostKeys
    records: Records
    clock: Clock
    image: Image
    bill: Callable[[Node, Mapping[str, Any]], list[Problem]]
    may_act: Callable[[Node], bool]  # Plant.may_act
    limits: Mapping[str, int]  # step → seconds, states.limits_s()
    tell: Tell
    stop: Event  # set: end at the next safe place
