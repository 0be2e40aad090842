"""dnsmasq as a supervised child: DHCP only, without root's rights, gone when its parent is gone."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import tempfile
from pathlib import Path

from gigaworks.inventory.problem import GigaworksError, Problem

log = logging.getLogger(__name__)

CAPABILITIES = "+net_admin,+net_raw,+net_bind_service"
LONGEST_PAUSE_S = 30.0
STOP_S = 5.0


class Dhcp:
    """One dnsmasq and the task that starts it again whenever it ends."""

    def __init__(self, folder: Path) -> None:
        self._leases = folder / "dhcp"
        self._configuration = b""
        self._task: asyncio.Task[None] | None = None
        self._process: asyncio.subprocess.Process | None = None
        self.error = "not configured yet"

    @property
    def running(self) -> bool:
        """Whether dnsmasq runs right now."""
        return self._process is not None and self._process.returncode is None

    async def apply(self, configuration: bytes) -> None:
        """Run with this configuration from now on; an unchanged one leaves the running dnsmasq alone.

        Raises:
            GigaworksError: dnsmasq itself refuses the configuration, or this process may not serve DHCP. What ran
                before runs on.
        """
        if configuration == self._configuration and self.running:
            return
        if os.geteuid() != 0:
            self.error = "DHCP needs root"
            raise GigaworksError(Problem("DHCP cannot be served", self.error, "start the boot services as root"))
        for tool in ("dnsmasq", "setpriv"):
            if shutil.which(tool) is None:
                self.error = f"{tool} is not installed"
                raise GigaworksError(Problem("DHCP cannot be served", self.error, "apt-get install dnsmasq-base"))
        await check(configuration)
        await self.stop()
        self._configuration = configuration
        self._leases.mkdir(mode=0o700, exist_ok=True)
        shutil.chown(self._leases, "nobody")
        started = asyncio.Event()
        self._task = asyncio.create_task(self._supervise(started))
        await started.wait()

    async def stop(self) -> None:
        """End dnsmasq and its supervision."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
            self._task = None
            self.error = "stopped"

    async def _supervise(self, first: asyncio.Event) -> None:
        pause = 0.5
        try:
            while True:
                started = asyncio.get_running_loop().time()
                self._process = await self._start()
                self.error = ""
                first.set()
                code = await self._process.wait()
                self.error = f"dnsmasq ended with {code}; the reason stands in the log"
                if asyncio.get_running_loop().time() - started > LONGEST_PAUSE_S:
                    pause = 0.5
                log.error("%s; next start in %.1f s", self.error, pause)
                await asyncio.sleep(pause)
                pause = min(2 * pause, LONGEST_PAUSE_S)
        finally:
            await self._end()

    async def _start(self) -> asyncio.subprocess.Process:
        # The configuration comes by stdin and the lease file by the working directory: nobody cannot walk there.
        # setpriv drops root first and sets the death signal after; dnsmasq's own setuid would clear that.
        with tempfile.TemporaryFile() as standard_input:
            standard_input.write(self._configuration)
            standard_input.seek(0)
            return await asyncio.create_subprocess_exec(
                *("setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups", "--pdeathsig=TERM"),
                *(f"--inh-caps=-all,{CAPABILITIES}", f"--ambient-caps=-all,{CAPABILITIES}"),
                *("dnsmasq", "--keep-in-foreground", "--log-facility=-", "--conf-file=-"),
                *("--dhcp-leasefile=leases", "--pid-file="),
                stdin=standard_input,
                cwd=self._leases,
            )

    async def _end(self) -> None:
        if self._process is None or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_S)
        except TimeoutError:
            self._process.kill()
            await self._process.wait()


async def check(configuration: bytes) -> None:
    """Let dnsmasq judge a configuration without serving it.

    Raises:
        GigaworksError: it is refused; the detail holds dnsmasq's own words.
    """
    process = await asyncio.create_subprocess_exec(
        *("dnsmasq", "--test", "--conf-file=-"),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        _, said = await asyncio.wait_for(process.communicate(configuration), 10)
    except TimeoutError:
        process.kill()
        said = b"no answer in 10 s"
    if process.returncode != 0:
        words = said.decode(errors="replace").strip()
        raise GigaworksError(Problem("dnsmasq refuses the DHCP configuration", words, "compare it with the plan"))
