"""Redfish for the lab's controllers: one HTTPS listener per BMC and per rack PDU, all in one process."""

from __future__ import annotations

import asyncio
import logging
import ssl
from typing import Literal

from aiohttp import web

from gigaworks.inventory.blueprint import Bmc, Pdu
from gigaworks.inventory.lab.certificates import Authority
from gigaworks.inventory.lab.machine import Machine, OutletBank
from gigaworks.inventory.lab.redfish.controllers import Controller, MachineController, PduController
from gigaworks.inventory.lab.redfish.protocol import RedfishServer, handler

Fault = Literal["dead", "password", "certificate", "slow"]
_SLOW_S = 1.0  # every answer: some twenty times slower than usual, still within a client's limit

log = logging.getLogger(__name__)


class _Listener:
    """A controller and the listener it answers on."""

    def __init__(self, controller: Controller, password: str) -> None:
        self.controller = controller
        self.password = password
        self.runner: web.ServerRunner | None = None


class Running:
    """The running service of all controllers. Names are those of machines and PDUs."""

    def __init__(self, ca: Authority, password: str, port: int, delay_s: float) -> None:
        self.ca = ca
        self.password = password
        self.port = port
        self.delay_s = delay_s
        self._listeners: dict[str, _Listener] = {}

    async def add(self, machine: Machine, bmc: Bmc) -> None:
        """Serve the BMC of one more machine."""
        await self._add(machine.name, MachineController(bmc, self.password, self.delay_s, machine))

    async def add_bank(self, bank: OutletBank, pdu: Pdu) -> None:
        """Serve one more rack PDU."""
        await self._add(bank.name, PduController(pdu.bmc, self.password, self.delay_s, bank, pdu))

    async def _add(self, name: str, controller: Controller) -> None:
        self._listeners[name] = listener = _Listener(controller, self.password)
        await self._listen(listener, self.ca)

    async def _listen(self, listener: _Listener, ca: Authority) -> None:
        await self._stop(listener)
        bmc = listener.controller.bmc
        certificate, key = ca.issue(bmc.name, [bmc.address])
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(certificate, key)
        server = RedfishServer(handler(listener.controller, asyncio.sleep), access_log=None)
        listener.runner = web.ServerRunner(server, shutdown_timeout=1)
        await listener.runner.setup()
        await web.TCPSite(listener.runner, bmc.address, self.port, ssl_context=context).start()

    async def _stop(self, listener: _Listener) -> None:
        if listener.runner:
            await listener.runner.cleanup()
        listener.runner = None

    async def remove(self, name: str) -> None:
        """Stop serving a machine's BMC or a PDU; one that is not served is ignored."""
        listener = self._listeners.pop(name, None)
        if listener:
            await listener.controller.tasks.close()
            await self._stop(listener)

    async def fault(self, name: str, kind: Fault) -> None:
        """Break a controller until ``heal``.

        dead: nothing answers; password: the first account has another password; certificate: the certificate is one
        of an authority that nobody knows; slow: every answer takes a second longer.

        Raises:
            KeyError: no controller of that name.
        """
        listener = self._listeners[name]
        account = listener.controller.accounts.all["1"]
        if kind == "dead":
            await self._stop(listener)
        elif kind == "password":
            account.password = f"{listener.password}-changed"
            listener.controller.sessions.clear()
        elif kind == "certificate":
            await self._listen(listener, Authority(self.ca.folder / "stranger"))
        else:
            listener.controller.delay_s = _SLOW_S

    async def heal(self, name: str) -> None:
        """Take every fault of a controller back.

        Raises:
            KeyError: no controller of that name.
        """
        listener = self._listeners[name]
        account = listener.controller.accounts.all["1"]
        account.password, account.failures = listener.password, 0
        listener.controller.delay_s = 0.0
        await self._listen(listener, self.ca)

    async def close(self) -> None:
        """Stop all of it."""
        for name in list(self._listeners):
            await self.remove(name)


async def serve(
    machines: list[Machine],
    bmcs: dict[str, Bmc],
    banks: list[OutletBank],
    pdus: dict[str, Pdu],
    ca: Authority,
    password: str,
    port: int = 443,
    delay_s: float = 0.5,
) -> Running:
    """Serve the BMCs of machines (by machine name) and the PDUs of outlet banks (of the same name), one address each.

    A machine without a BMC and a bank without a PDU are left out. ``delay_s`` is how long a power button takes before
    anything happens.

    Raises:
        OSError: an address is not there or its port is taken; nothing is served then.
    """
    running = Running(ca, password, port, delay_s)
    try:
        for machine in machines:
            if machine.name in bmcs:
                await running.add(machine, bmcs[machine.name])
        by_name = {pdu.name: pdu for pdu in pdus.values()}
        for bank in banks:
            if bank.name in by_name:
                await running.add_bank(bank, by_name[bank.name])
    except BaseException:
        await running.close()
        raise
    return running
