"""A simulated world around one node: power, disk, install agent and sshd, with faults. A test double.

Orders and reports go through the real ``boot.installs``; records are those of the real plant.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any, Literal

import msgspec

from gigaworks.inventory.blueprint import Blueprint, Node
from gigaworks.inventory.boot.configure import BootNode
from gigaworks.inventory.boot.installs import Installs
from gigaworks.inventory.fleet.known_hosts import KnownHosts
from gigaworks.inventory.fleet.protocols import Drivers, Image
from gigaworks.inventory.fleet.record import NodeRecord, State
from gigaworks.inventory.fleet.states import limits_s
from gigaworks.inventory.plant import Plant
from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem

IMAGE = Image(name="debian-0123456789ab.tar", sha256="0123456789ab" + "0" * 52)
POST_S, FETCH_S, UNPACK_S, START_S = 4.0, 6.0, 4.0, 5.0


class Killed(BaseException):
    """The process is gone at this very moment."""


class World:
    """One machine and everything around it; time passes only in ``sleep``."""

    def __init__(self, folder: Path, blueprint: Blueprint, node: Node, has_bmc: bool = True) -> None:
        self.blueprint, self.node, self.has_bmc = blueprint, node, has_bmc
        self.folder = folder
        self.time = 1000.0
        self.on = False
        self.source: Literal["network", "disk"] = "disk"
        self.disk_order = ""  # what the disk was installed with
        self.key = ""
        self.booted: tuple[str, float] | None = None  # what runs: network, agent or system, and since when
        self.token = ""
        self.asked = -99.0
        self.power_log: list[str] = []
        self.writes: list[str] = []
        self.fault: Callable[[str], None] = lambda _what: None  # raises where something is to fail
        self.arch = node.arch
        self.macs = [nic.mac for nic in node.nics]
        self.silent = False
        self.agent_error: list[str] = []  # one for each installation that is to fail
        self.sshd_dead = 0  # system starts after which nothing answers
        self.stranger = False  # another key answers
        self.calls = 0
        self.kill_at: tuple[int, str] | None = None  # call number, "before" or "after" its effect
        self.plant = Plant("sqlite://")
        self.plant.nodes.expect([node.name], now=self.time)
        self.installs = Installs(folder / "installs.json", lambda: f"{self.time:.3f}-{self.calls}")
        self.boot_node = BootNode(
            name=node.name,
            arch=node.arch,
            mac=node.nics[0].mac,
            macs=sorted(nic.mac for nic in node.nics),
            interface=node.nics[0].name,
            address="10.77.1.11",
            prefix_length=24,
            gateway=None,
            mtu=1500,
            image=IMAGE.name,
            sha256=IMAGE.sha256,
            size=1,
        )

    # what the machine does

    def start(self) -> None:
        """Switch the machine on and let its firmware choose."""
        self.on = True
        chosen = self.source if self.has_bmc else ("disk" if self.disk_order else "network")
        if chosen == "disk" and self.disk_order:
            self._start_system()
        else:
            self.booted = ("network", self.time)

    def _start_system(self) -> None:
        self.booted = ("broken system" if self.sshd_dead else "system", self.time)
        self.sshd_dead = max(0, self.sshd_dead - 1)

    def pass_time(self, seconds: float) -> None:
        """Let the machine live on in small steps."""
        end = self.time + seconds
        while self.time < end:
            self.time = min(end, self.time + 0.5)
            if self.on and self.booted and not self.silent:
                self._live(*self.booted)

    def _live(self, what: str, since: float) -> None:
        age = self.time - since
        if what == "network" and age >= POST_S and self.time - self.asked >= 2:
            self._ask()
        elif what == "agent" and age >= FETCH_S + UNPACK_S:
            self._report("done", host_key=self.key)
            self.start()
        elif what == "agent" and age >= FETCH_S and self.installs.status(self.node.name).stage == "fetching":
            if self.agent_error:
                self._report("failed", error=self.agent_error.pop(0))
                self.on, self.booted = False, None
                return
            order = self.installs.status(self.node.name).order or ""
            self._report("unpacking")
            self.disk_order = order
            self.writes.append(order)
            self.key = f"ssh-ed25519 KEY{len(self.writes)}"

    def _ask(self) -> None:
        self.asked = self.time
        inventory = {"arch": self.arch, "macs": " ".join(self.macs), "installed": self.disk_order if self.key else ""}
        answer = self.installs.ask(self.boot_node, inventory, self.boot_node.address)
        if answer.action == "install":
            self.token, self.booted = answer.token, ("agent", self.time)
            self._report("fetching", percent="0")
        elif answer.action == "disk":
            self._start_system()
        elif answer.action == "refuse":
            self.on, self.booted = False, None

    def _report(self, stage: str, **fields: str) -> None:
        self.installs.report(self.token, {"stage": stage, **fields})

    # what the drivers see

    def status(self) -> dict[str, Any]:
        """Return where the installation stands, as the boot services' client does."""
        plain: dict[str, Any] = msgspec.to_builtins(self.installs.status(self.node.name))
        return plain

    def shell(self, command: str, timeout_s: float) -> str:
        """Answer over SSH if the system runs, with the key that it made."""
        del command, timeout_s
        if not (self.on and self.booted and self.booted[0] == "system" and self.time - self.booted[1] >= START_S):
            raise GigaworksError(Problem("a machine cannot be reached over SSH", "connection refused"))
        known = KnownHosts(self.folder / "known_hosts").get(self.node.name)
        if self.stranger or known != self.key:
            raise NotAuthorised(Problem("another host key", f"known {known}, shown {self.key}"))
        about = {"node": self.node.name, "image": IMAGE.name}
        return f"{self.arch}\n{msgspec.json.encode(about).decode()}"

    def set_power(self, to: Literal["on", "off", "reset"]) -> None:
        """Do as the power button."""
        self.power_log.append(to)
        if to == "off":
            self.on, self.booted = False, None
        elif to == "reset" or not self.on:
            self.start()

    def drivers(self, stop: Event | None = None, **limits: int) -> Drivers:
        """Return drivers whose every call is counted and may fail or be the last."""
        power = _Power(self)
        sleep = self._counted("sleep", self.pass_time)
        return Drivers(
            power=power,
            boot=_Boot(self),
            shell=_Shell(self),
            host_keys=KnownHosts(self.folder / "known_hosts"),
            records=_Records(self),
            clock=_Clock(lambda: self.time, sleep),
            image=IMAGE,
            bill=lambda node, found: [] if found["serial"] == "S1" else [Problem("serial differs", node.name)],
            may_act=lambda _node: True,
            limits=limits_s(limits),
            tell=lambda _before, _after, _message: None,
            stop=stop or Event(),
        )

    def _counted(self, what: str, effect: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **kwargs: Any) -> Any:
            self.calls += 1
            if self.kill_at == (self.calls, "before"):
                raise Killed
            self.fault(what)
            result = effect(*args, **kwargs)
            if self.kill_at == (self.calls, "after"):
                raise Killed
            return result

        return call

    def counted(self, what: str, effect: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Run one effect as a call that may fail or be the last."""
        return self._counted(what, effect)(*args, **kwargs)


class _Power:
    def __init__(self, world: World) -> None:
        self._world = world
        self.has_bmc = world.has_bmc
        self.button = "BMC"

    def inventory(self) -> dict[str, Any]:
        found = {"manufacturer": "Lab", "model": "simulated", "serial": "S1"}
        return dict(self._world.counted("inventory", lambda: found))

    def power(self) -> Literal["on", "off"]:
        return "on" if self._world.counted("power", lambda: self._world.on) else "off"

    def set_power(self, to: Literal["on", "off", "reset"]) -> None:
        self._world.counted("set_power", self._world.set_power, to)

    def boot_from(self, source: Literal["network", "disk"]) -> None:
        self._world.counted("boot_from", setattr, self._world, "source", source)

    def close(self) -> None:
        pass


class _Boot:
    def __init__(self, world: World) -> None:
        self._world = world

    def expect(self, node: str, order: str | None = None) -> dict[str, Any]:
        self._world.counted("expect", self._world.installs.expect, node, order)
        return self._world.status()

    def status(self, node: str) -> dict[str, Any]:
        del node
        return dict(self._world.counted("status", self._world.status))

    def forget(self, node: str) -> None:
        self._world.counted("forget", self._world.installs.forget, node)


class _Shell:
    def __init__(self, world: World) -> None:
        self._world = world

    def run(self, command: str, timeout_s: float) -> str:
        return str(self._world.counted("shell", self._world.shell, command, timeout_s))


class _Records:
    def __init__(self, world: World) -> None:
        self._world = world

    def get(self, name: str) -> NodeRecord | None:
        return self._world.plant.nodes.get(name)

    def move(
        self, record: NodeRecord, after: State, message: str = "", now: float | None = None, **changes: Any
    ) -> NodeRecord:
        moved: NodeRecord = self._world.counted(
            "move", self._world.plant.nodes.move, record, after, message, now, **changes
        )
        return moved

    def note(self, record: NodeRecord, message: str = "", now: float | None = None, **changes: Any) -> NodeRecord:
        noted: NodeRecord = self._world.counted("note", self._world.plant.nodes.note, record, message, now, **changes)
        return noted


class _Clock:
    def __init__(self, now: Callable[[], float], sleep: Callable[[float], None]) -> None:
        self.now, self.sleep = now, sleep
