"""Machines and outlets that live in memory: doubles of what is behind the service, never of the service."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Coroutine, Iterator
from pathlib import Path
from typing import Any

import pytest

from gigaworks.inventory.blueprint import Accelerators, Bmc, Pdu
from gigaworks.inventory.lab.certificates import Authority
from gigaworks.inventory.lab.machine import BootSource, Hardware, PowerState
from gigaworks.inventory.lab.redfish import Running, serve

USER = "gigaworks"
PASSWORD = "a-Password_of-the-lab1"


class MemoryMachine:
    """A machine without anything behind it. ``trouble`` is raised by the next start; ``log`` says what happened."""

    def __init__(self, name: str, folder: Path, accelerators: Accelerators | None = None) -> None:
        self.name = name
        self.console = folder / f"{name}.log"
        self.capabilities = frozenset({"network-boot", "media", "graceful-off"})
        self.hardware = Hardware(
            manufacturer="Gigaworks lab",
            model="GPU node",
            serial=f"LAB-{name.upper()}",
            arch="x86_64",
            sockets=2,
            cores=64,
            memory_gib=512.0,
            macs={"eth0": "02:00:00:00:00:01", "rail0": "02:00:00:00:00:02"},
            accelerators=accelerators,
            maximum_draw_w=2000,
        )
        self.state: PowerState = "off"
        self.source: tuple[BootSource, bool] = ("disk", False)
        self.media: Path | None = None
        self.log: list[str] = []
        self.trouble: Exception | None = None

    def power(self) -> PowerState:
        """Return the state."""
        return self.state

    async def power_on(self) -> None:
        """Start."""
        if self.trouble:
            raise self.trouble
        self.log.append(f"on from {self.source[0]}")
        self.state = "on"
        if self.source[1]:
            self.source = ("disk", False)

    async def power_off(self, graceful: bool) -> None:
        """Stop."""
        self.log.append("off gracefully" if graceful else "off")
        self.state = "off"

    async def reset(self) -> None:
        """Stop and start."""
        self.log.append("reset")
        await self.power_on()

    def boot(self) -> tuple[BootSource, bool]:
        """Return source and once."""
        return self.source

    def set_boot(self, source: BootSource, once: bool) -> None:
        """Set source and once."""
        self.source = (source, once)

    def set_media(self, image: Path | None) -> None:
        """Insert or eject."""
        self.media = image


class MemoryBank:
    """The outlets of a PDU."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.limit_w: int | None = None
        self.states: dict[str, PowerState] = {"1": "on", "2": "off"}
        self.log: list[str] = []

    def outlets(self) -> dict[str, PowerState]:
        """Return every outlet."""
        return dict(self.states)

    def draw_w(self, outlet: str) -> float:
        """Return the draw."""
        return 40.5 if self.states[outlet] == "on" else 0.0

    async def switch(self, outlet: str, state: PowerState) -> None:
        """Switch an outlet."""
        self.log.append(f"{outlet} {state}")
        self.states[outlet] = state


class Site:
    """A served machine ``n1`` on 127.0.0.2 and a served PDU ``pdu-1`` on 127.0.0.3, in a thread of their own."""

    def __init__(self, folder: Path, delay_s: float = 0.05, port: int = 0) -> None:
        self.folder = folder
        self.port = port or _free_port()
        self.machine = MemoryMachine("n1", folder, Accelerators(vendor="nvidia", model="H100", count=2))
        self.bank = MemoryBank("pdu-1")
        self.ca = Authority(folder / "ca")
        self.delay_s = delay_s
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.running: Running

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run something in the service's own loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(20)

    def start(self) -> None:
        """Serve."""
        self._thread.start()
        bmc = Bmc(name="n1-bmc", mac="02:00:00:00:01:01", address="127.0.0.2", user=USER)
        pdu_bmc = Bmc(name="pdu-1", mac="02:00:00:00:01:02", address="127.0.0.3", user=USER)
        pdu = Pdu(name="pdu-1", hall="h1", rack="h1/r1", feed="a", bmc=pdu_bmc, outlets={"1": "n1"}, limit_kw=None)
        self.running = self.do(
            serve([self.machine], {"n1": bmc}, [self.bank], {"pdu-1": pdu}, self.ca, PASSWORD, self.port, self.delay_s)
        )

    def stop(self) -> None:
        """Stop serving."""
        self.do(self.running.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    @property
    def bmc(self) -> str:
        """Return the address of the machine's BMC."""
        return f"127.0.0.2:{self.port}"

    @property
    def pdu(self) -> str:
        """Return the address of the PDU."""
        return f"127.0.0.3:{self.port}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.2", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Serve a machine and a PDU for the time of a test."""
    made = Site(tmp_path)
    made.start()
    yield made
    made.stop()
