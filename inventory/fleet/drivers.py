"""The real world behind ``protocols``: Redfish, PDU outlets, the boot services, SSH."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event, Lock
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from gigaworks.inventory.blueprint import Blueprint, Node
from gigaworks.inventory.boot.client import BootClient
from gigaworks.inventory.boot.configure import NODES_FILE, BootConfiguration
from gigaworks.inventory.fleet.known_hosts import KnownHosts
from gigaworks.inventory.fleet.protocols import Drivers, Image, Power, Tell
from gigaworks.inventory.fleet.states import limits_s
from gigaworks.inventory.fleet.waves import ramps_behind
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem
from gigaworks.inventory.remote import Remote

if TYPE_CHECKING:
    from gigaworks.inventory.bmc import Controller, OutletController
    from gigaworks.inventory.plant import Plant

SETTLE_S = 90.0  # how long a machine may be neither on nor off
DARK_S = 3.0  # without power long enough for a power supply to let go


def drivers_for(folder: SiteFolder, blueprint: Blueprint, node: Node, plant: Plant, tell: Tell, stop: Event) -> Drivers:
    """Return what moves this node. Nothing is connected yet; every driver connects when it is first asked.

    Raises:
        GigaworksError: the boot services are not configured for the node, or the BMC password is not there.
    """
    return Drivers(
        power=_power(folder, blueprint, node, stop),
        boot=BootClient(folder),
        shell=_Shell(folder, node),
        host_keys=KnownHosts(folder.known_hosts),
        records=plant.nodes,
        clock=_Clock(stop),
        image=_image(folder, node),
        bill=_bill,
        may_act=plant.may_act,
        limits=limits_s(blueprint.policy.time_limits_s),
        tell=tell,
        stop=stop,
    )


class _BmcPower:
    """Power by the node's own BMC."""

    has_bmc = True
    button = "BMC"

    def __init__(self, controller: Controller, turn: Callable[[], None]) -> None:
        self._controller, self._turn = controller, turn
        self.close = controller.close

    def inventory(self) -> dict[str, Any]:
        found: dict[str, Any] = msgspec.to_builtins(self._controller.inventory())
        return found

    def power(self) -> Literal["on", "off"]:
        end = time.monotonic() + SETTLE_S
        while (now := self._controller.power()) not in {"on", "off"}:
            if time.monotonic() > end:
                raise GigaworksError(
                    Problem("power state is not known", f"{self._controller.name} says {now} for {SETTLE_S:.0f} s")
                )
            time.sleep(1)
        return "on" if now == "on" else "off"

    def set_power(self, to: Literal["on", "off", "reset"]) -> None:
        if to != "off":
            self._turn()
        self._controller.set_power(to)

    def boot_from(self, source: Literal["network", "disk"]) -> None:
        self._controller.boot_from(source, once=False)


class _OutletPower:
    """Power by the PDU outlets that feed a node without a BMC; its firmware chooses what to boot."""

    has_bmc = False
    button = "PDU outlet"

    def __init__(self, outlets: list[tuple[OutletController, str]], turn: Callable[[], None]) -> None:
        self._outlets, self._turn = outlets, turn

    def inventory(self) -> dict[str, Any]:
        raise AssertionError("a node without a BMC has no inventory by Redfish")

    def power(self) -> Literal["on", "off"]:
        return "on" if any(pdu.outlet(number) == "on" for pdu, number in self._outlets) else "off"

    def set_power(self, to: Literal["on", "off", "reset"]) -> None:
        if to != "on":
            self._switch("off")
        if to == "reset":
            time.sleep(DARK_S)
        if to != "off":
            self._turn()
            self._switch("on")

    def boot_from(self, source: Literal["network", "disk"]) -> None:
        pass

    def close(self) -> None:
        for pdu in {id(pdu): pdu for pdu, _ in self._outlets}.values():
            pdu.close()

    def _switch(self, to: Literal["on", "off"]) -> None:
        for pdu, number in self._outlets:
            pdu.set_outlet(number, to)


class _Ramp:
    """Power-ons behind one feeder or CDU are the policy's ramp apart, whatever thread makes them (PWR-12)."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._next: dict[str, float] = {}  # feeder → when the next one may come

    def wait(self, behind: list[str], ramp_s: float, stop: Event) -> None:
        """Take the next turn behind all of these and wait for it."""
        with self._lock:
            now = time.monotonic()
            turn = max([now, *(self._next.get(key, now) for key in behind)])
            self._next |= dict.fromkeys(behind, turn + ramp_s)
        stop.wait(turn - now)


_ramp = _Ramp()


class _HandPower:
    """Power by a person: what is wished stands in the node's history, and its first word is waited for."""

    has_bmc = False
    button = "hand, please: it has neither BMC nor outlet"

    def inventory(self) -> dict[str, Any]:
        raise AssertionError("a node without a BMC has no inventory by Redfish")

    def power(self) -> Literal["on", "off"]:
        return "on"

    def set_power(self, to: Literal["on", "off", "reset"]) -> None:
        pass

    def boot_from(self, source: Literal["network", "disk"]) -> None:
        pass

    def close(self) -> None:
        pass


class _Shell:
    def __init__(self, folder: SiteFolder, node: Node) -> None:
        self._folder, self._name = folder, node.name
        self._address = (node.nics[0].address or "").partition("/")[0]

    def run(self, command: str, timeout_s: float) -> str:
        with Remote(self._folder, self._name, self._address) as remote:
            return remote.run(command, timeout=timeout_s)


class _Clock:
    def __init__(self, stop: Event) -> None:
        self._stop = stop

    def now(self) -> float:
        return time.time()

    def sleep(self, seconds: float) -> None:
        self._stop.wait(seconds)


def _power(folder: SiteFolder, blueprint: Blueprint, node: Node, stop: Event) -> Power:
    turn = functools.partial(_ramp.wait, ramps_behind(blueprint, node), blueprint.policy.ramp_s, stop)
    if node.bmc is not None:
        from gigaworks.inventory.bmc import Controller

        return _BmcPower(
            Controller(node.bmc.address, node.bmc.user, _password(folder), folder.bmc_ca, node.bmc.name), turn
        )
    if not node.outlets:
        return _HandPower()
    outlets = []
    for outlet in node.outlets:
        pdu, _, number = outlet.rpartition("/")
        bmc = blueprint.pdus[pdu].bmc
        outlets.append((_pdu(bmc.address, bmc.user, _password(folder), folder.bmc_ca, bmc.name), number))
    return _OutletPower(outlets, turn)


@functools.cache
def _pdu(address: str, user: str, password: str, ca_file: Path, name: str) -> OutletController:
    """Return the one controller of a PDU: the nodes behind it share its session and take turns."""
    from gigaworks.inventory.bmc import OutletController

    return OutletController(address, user, password, ca_file, name)


def _password(folder: SiteFolder) -> str:
    try:
        return folder.bmc_password.read_text().strip()
    except FileNotFoundError:
        raise NotAuthorised(
            Problem(
                "BMC password is not there",
                f"{folder.bmc_password} does not exist",
                "put the password of the BMC user into that file, mode 0600; a lab site has it with `gigaworks lab up`",
            )
        ) from None


def _image(folder: SiteFolder, node: Node) -> Image:
    """Return what the boot services are configured to install on the node."""
    try:
        served = msgspec.json.decode((folder.boot / NODES_FILE).read_bytes(), type=BootConfiguration)
        return Image(name=served.nodes[node.name].image, sha256=served.nodes[node.name].sha256)
    except (FileNotFoundError, KeyError):
        raise GigaworksError(
            Problem(
                "boot services do not know the node",
                f"{node.name} is not in {folder.boot / NODES_FILE}",
                "the network stack writes that file; see whether it was applied",
                subject=node.name,
            )
        ) from None


def _bill(node: Node, found: Mapping[str, Any]) -> list[Problem]:
    from gigaworks.inventory.bmc import Inventory
    from gigaworks.inventory.bmc.bom import bill_of_materials

    return bill_of_materials(msgspec.convert(found, Inventory), node)
