"""A machine made of namespaces: its own network, mounts, processes, host name, and a folder for a disk."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from importlib import resources
from pathlib import Path
from typing import Literal

import msgspec

from gigaworks.inventory.blueprint import Arch
from gigaworks.inventory.boot import disk as installation
from gigaworks.inventory.lab import launch, trees, wiring
from gigaworks.inventory.lab.machine import BootSource, Hardware, PowerState
from gigaworks.inventory.problem import GigaworksError, Problem

GRACE_S = 30.0  # how long init may take after the power button
_MIN_UP_S = 1.0  # a machine that restarts faster than this is slowed down, so that a broken one does not spin
_FIRMWARE = "firmware.sh"
_HANG = [
    "/bin/busybox",
    "sh",
    "-c",
    "echo 'lab firmware (simulated): hangs, as told by a fault'; exec sleep 2147483647",
]


class NamespaceMachine:
    """A node or switch of the lab behind its power button.

    ``powered`` tells whether its outlets give power; ``image`` is the read-only tree of a switch, ``None`` for a node
    with a disk of its own.
    """

    def __init__(
        self, name: str, hardware: Hardware, folder: Path, powered: Callable[[], bool], image: str | None = None
    ) -> None:
        self.name = name
        self.hardware = hardware
        self.folder = folder
        self.console = folder / "console.log"
        self.capabilities = frozenset({"graceful-off"} if image else {"graceful-off", "network-boot"})
        self.image = image
        self.hangs = False
        self.boots_as: Arch | None = None  # another architecture than the hardware's, by a fault
        self._powered = powered
        self._boot: tuple[BootSource, bool] = ("disk", False)
        self._process: asyncio.subprocess.Process | None = None
        self._life: asyncio.Task[None] | None = None
        self._wanted = False
        self._in_firmware = False
        self._pid: int | None = None
        for part in ("disk", "scratch"):
            (folder / part).mkdir(parents=True, exist_ok=True)
        self.console.touch()
        self._tty = self._open_console()

    @property
    def disk(self) -> Path:
        """The folder that is the machine's disk."""
        return self.folder / "disk"

    @property
    def pid(self) -> int | None:
        """The machine's PID 1 as the supervisor sees it, while it runs."""
        return self._pid if self._process else None

    def power(self) -> PowerState:
        """Return whether the machine is running."""
        return "on" if self._life and not self._life.done() else "off"

    async def power_on(self) -> None:
        """Start the machine from its boot source; a running one, or one without power, is left alone."""
        if self.power() == "off" and self._powered():
            self._wanted = True
            self._life = asyncio.create_task(self._live())

    async def power_off(self, graceful: bool) -> None:
        """Stop the machine; graceful presses the power button and waits for init.

        Raises:
            TimeoutError: init did not end the machine in time; it goes on running.
        """
        if self.power() == "off" or self._life is None:
            return
        if graceful and not self._in_firmware:  # firmware obeys the button at once
            self._signal(signal.SIGUSR1)
            await asyncio.wait_for(asyncio.shield(self._life), GRACE_S)
            return
        self._wanted = False
        self._signal(signal.SIGTERM)
        await self._life

    async def reset(self) -> None:
        """Stop and start at once, ungracefully."""
        await self.power_off(graceful=False)
        await self.power_on()

    def boot(self) -> tuple[BootSource, bool]:
        """Return the boot source override and whether it holds for one start only."""
        return self._boot

    def set_boot(self, source: BootSource, once: bool) -> None:
        """Set what the next start boots from; once falls back to disk afterwards."""
        self._boot = (source, once)

    def set_media(self, image: Path | None) -> None:
        """Refuse virtual media: this kind of machine has no firmware that could boot it.

        Raises:
            NotImplementedError: an image was given.
        """
        if image is not None:
            raise NotImplementedError("machines made of namespaces boot from network and disk only")

    def run(self, command: list[str], data: bytes = b"", timeout: float = 30) -> str:
        """Run a command inside the running machine, as somebody at its console would.

        Raises:
            GigaworksError: the machine is off, or the command fails; the problem says what it printed.
        """
        if self.pid is None:
            raise GigaworksError(Problem("The machine is off", self.name, subject=self.name))
        enter = ["nsenter", f"--target={self.pid}", "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd"]
        done = subprocess.run(enter + command, input=data, capture_output=True, timeout=timeout, check=False)
        if done.returncode:
            said = (done.stderr or done.stdout).decode(errors="replace").strip()[-500:]
            raise GigaworksError(Problem("A command in a machine failed", f"{self.name}: {said}", subject=self.name))
        return done.stdout.decode(errors="replace")

    def close(self) -> None:
        """Give the console back; the machine is off by then."""
        asyncio.get_running_loop().remove_reader(self._tty[0])
        for descriptor in self._tty:
            os.close(descriptor)

    def show_accelerators(self) -> None:
        """Write the simulated nvidia-smi again, in place: a running machine has the file bound."""
        from gigaworks.inventory.lab.accelerators import nvidia_smi

        path = self.folder / "nvidia-smi"
        path.touch(0o755)
        path.write_text(nvidia_smi(self.hardware))
        path.chmod(0o755)

    async def _live(self) -> None:
        """Start, and start again as long as the machine asks for it."""
        source = self._next_source()
        try:
            while self._wanted:
                began = asyncio.get_running_loop().time()
                ending = await self._start(source)
                if ending not in {launch.RESTART, launch.NEXT}:
                    break
                source = "disk" if ending == launch.NEXT else self._next_source()
                if self._wanted and asyncio.get_running_loop().time() - began < _MIN_UP_S:
                    await asyncio.sleep(_MIN_UP_S)
        finally:
            self._process = None

    def _next_source(self) -> BootSource:
        """Return what to start from and use up an override for one start; an empty disk falls to the network."""
        source, once = self._boot
        if once:
            self._boot = ("disk", False)
        if source == "disk" and not self.image and not installation.installed(self.disk):
            return "network"
        return source

    async def _start(self, source: BootSource) -> int:
        self._log(f"power on, starting from {source}")
        wiring.light(self.name, list(self.hardware.macs), "up")
        start = self._describe(source)
        self._in_firmware = start.kind == "firmware"
        self._process = process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "gigaworks.inventory.lab.launch", msgspec.json.encode(start).decode(),
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=self._tty[1],
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - it is a pipe
        with contextlib.suppress(ValueError):
            self._pid = int(await process.stdout.readline())
        if not self._wanted:  # switched off while it was starting
            self._signal(signal.SIGTERM)
        ending = await process.wait()
        wiring.light(self.name, list(self.hardware.macs), "down")
        self._process = self._pid = None
        told = {launch.RESTART: "restart", launch.OFF: "power off", launch.NEXT: "next boot entry"}
        self._log(told.get(ending, "stopped"))
        return ending

    def _describe(self, source: BootSource) -> launch.Start:
        binds: list[tuple[str, str]] = []
        kind: Literal["disk", "image", "firmware"]
        arch = self.boots_as or self.hardware.arch
        command = ["/sbin/init"]
        if self.image:
            kind, root = "image", self.image
            binds += [(str(self.folder / "flash" / name), f"/{name}") for name in ("etc", "root")]
        elif source == "disk" and installation.installed(self.disk) and not self.hangs:
            kind, root = "disk", str(installation.root(self.disk))
            if self.hardware.accelerators:
                self.show_accelerators()
                binds.append((str(self.folder / "nvidia-smi"), "/usr/bin/nvidia-smi"))
        else:
            kind, root = "firmware", str(trees.root(arch))
            script = resources.files("gigaworks.inventory.boot") / _FIRMWARE
            binds += [(str(script), "/init"), (str(self.disk), "/disk")]
            command = _HANG if self.hangs else ["/bin/busybox", "sh", "/init"]
        return launch.Start(
            kind=kind,
            root=root,
            scratch=str(self.folder / "scratch"),
            binds=binds,
            netns=f"/run/netns/{self.name}",
            console=os.ttyname(self._tty[1]),
            command=command,
        )

    def _signal(self, number: int) -> None:
        if self._process and self._pid:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def _open_console(self) -> tuple[int, int]:
        """Open a terminal whose output is appended to the console's log."""
        controller, terminal = os.openpty()
        asyncio.get_running_loop().add_reader(controller, self._copy_console, controller)
        return controller, terminal

    def _copy_console(self, controller: int) -> None:
        with self.console.open("ab") as log:
            log.write(os.read(controller, 65536).replace(b"\r", b""))

    def _log(self, line: str) -> None:
        with self.console.open("a") as log:
            log.write(f"--- {self.name}: {line}\n")
