"""The boot services of a site: one process that serves HTTP and keeps dnsmasq running beside it.

``python -m gigaworks.inventory.boot.server SITE-FOLDER``. Starts with an empty folder and waits for its
configuration; SIGHUP or the control socket's reload reads it again.
"""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import logging
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any

from aiohttp import web

from gigaworks.inventory.boot import configure
from gigaworks.inventory.boot.configure import BootConfiguration
from gigaworks.inventory.boot.dhcp import Dhcp
from gigaworks.inventory.boot.handlers import ControlInterface, NodeInterface
from gigaworks.inventory.boot.installs import Installs
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Locked, Problem

log = logging.getLogger(__name__)


class BootServices:
    """What runs: the installations' record, the HTTP listener and DHCP."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.installs = Installs(folder / "installs")
        self.configuration: BootConfiguration | None = None
        self._loaded: dict[str, bytes] = {}
        self._dhcp = Dhcp(folder)
        self._listener: asyncio.Task[None] | None = None
        self._listening: tuple[str, int] | None = None
        self._error = ""
        self._changing = asyncio.Lock()

    async def reload(self) -> None:
        """Read the configuration files again and serve what they say.

        Raises:
            GigaworksError: they cannot be served; what was served before still is, and the state says so.
        """
        async with self._changing:
            self._error = ""
            try:
                await self._apply(configure.read(self.folder))
            except GigaworksError as error:
                self._error = str(error)
                raise

    async def _apply(self, files: dict[str, bytes]) -> None:
        if set(files) != set(configure.FILES):
            await self.stop()
            self.configuration, self._loaded = None, {}
            log.info("waiting for a configuration in %s", self.folder)
            return
        configuration = configure.decode(files[configure.NODES_FILE])
        await self._dhcp.apply(files[configure.DHCP_FILE])
        self.configuration, self._loaded = configuration, files
        address = (configuration.address, configuration.http_port)
        if self._listener is None or self._listening != address:
            await self._stop_listening()
            self._listening = address
            tried = asyncio.Event()
            self._listener = asyncio.create_task(self._listen(*address, tried))
            await tried.wait()
        log.info("serving %d nodes on http://%s:%d", len(configuration.nodes), *address)

    def state(self) -> dict[str, Any]:
        """Return what is served right now; ``loaded`` and ``on_disk`` are digests of the configuration."""
        on_disk = configure.read(self.folder)
        return {
            "loaded": configure.files_digest(self._loaded) if self._loaded else None,
            "on_disk": configure.files_digest(on_disk) if on_disk else None,
            "address": self.configuration.address if self.configuration else None,
            "http_port": self.configuration.http_port if self.configuration else None,
            "nodes": len(self.configuration.nodes) if self.configuration else 0,
            "dhcp": "running" if self._dhcp.running else self._dhcp.error,
            "error": self._error,
        }

    async def stop(self) -> None:
        """Stop serving nodes."""
        await self._stop_listening()
        await self._dhcp.stop()

    async def _stop_listening(self) -> None:
        if self._listener is not None:
            self._listener.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._listener
            self._listener = None

    async def _listen(self, address: str, port: int, tried: asyncio.Event) -> None:
        """Serve nodes until cancelled; an address that is not there yet is tried again and again."""
        runner = web.AppRunner(NodeInterface(self).application(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        try:
            while True:
                try:
                    await web.TCPSite(runner, address, port, reuse_address=True).start()
                    break
                except OSError as error:
                    self._error = f"HTTP cannot listen on {address}:{port}: {error.strerror}"
                    log.warning("%s; next try in 1 s", self._error)
                    tried.set()
                    await asyncio.sleep(1)
            self._error = ""
            tried.set()
            await asyncio.Event().wait()
        finally:
            await runner.cleanup()


def run(folder: SiteFolder) -> None:
    """Serve until SIGTERM or SIGINT.

    Raises:
        Locked: the boot services of this site already run.
        GigaworksError: the record of installations cannot be read.
    """
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    folder.boot.mkdir(parents=True, exist_ok=True)
    with (folder.boot / "server.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Locked(Problem("The boot services of this site already run", f"{lock.name} is held")) from error
        asyncio.run(_serve(folder.boot))


async def _serve(folder: Path) -> None:
    services = BootServices(folder)
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    reloads: set[asyncio.Task[None]] = set()

    def reload() -> None:
        task = loop.create_task(_reload(services))
        reloads.add(task)
        task.add_done_callback(reloads.discard)

    loop.add_signal_handler(signal.SIGTERM, stopping.set)
    loop.add_signal_handler(signal.SIGINT, stopping.set)
    loop.add_signal_handler(signal.SIGHUP, reload)
    runner = web.AppRunner(ControlInterface(services).application(), access_log=None, shutdown_timeout=1)
    await runner.setup()
    await _reload(services)  # who reaches the socket finds the configuration loaded
    await web.SockSite(runner, control_socket(folder)).start()
    try:
        await stopping.wait()
    finally:
        await runner.cleanup()
        await services.stop()
        (folder / "control.sock").unlink(missing_ok=True)


async def _reload(services: BootServices) -> None:
    try:
        await services.reload()
    except GigaworksError as error:
        log.error("%s", error)  # noqa: TRY400 - a problem with its own words, the trace says no more


def control_socket(folder: Path) -> socket.socket:
    """Bind by way of the folder's descriptor: a unix socket's path may only have 107 bytes."""
    (folder / "control.sock").unlink(missing_ok=True)
    control = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    before = os.umask(0o177)
    try:
        control.bind(f"/proc/self/fd/{descriptor}/control.sock")
    finally:
        os.umask(before)
        os.close(descriptor)
    return control


if __name__ == "__main__":
    try:
        run(SiteFolder(Path(sys.argv[1])))
    except GigaworksError as failure:
        sys.stderr.write(f"{failure}\n")
        sys.exit(failure.exit_code)
