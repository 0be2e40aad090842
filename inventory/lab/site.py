"""The lab of one site, as the supervisor runs it: machines, wires, PDUs and services, as the blueprint says."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import subprocess
import sys
from collections.abc import Callable

import msgspec

from gigaworks.inventory.blueprint import Blueprint, Cable
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.lab import identity, linux, redfish, trees, wiring
from gigaworks.inventory.lab.machine import Hardware, Machine, PowerState, hardware_of
from gigaworks.inventory.lab.node import NamespaceMachine
from gigaworks.inventory.lab.outlets import LabOutlets
from gigaworks.inventory.problem import GigaworksError, Problem

Emit = Callable[[str], None]
_SWITCH_DRAW_W = 150
_SWITCH_START_S = 60


class LabSite:
    """Everything that runs. ``build`` makes it as the blueprint says, and again when the blueprint has changed."""

    def __init__(self, folder: SiteFolder) -> None:
        self.folder = folder
        self.blueprint: Blueprint | None = None
        self.machines: dict[str, NamespaceMachine] = {}
        self.banks: dict[str, LabOutlets] = {}
        self.cables: dict[str, Cable] = {}
        self.redfish: redfish.Running | None = None
        self._addresses: set[str] = set()
        self._boot_services: asyncio.Task[None] | None = None

    async def build(self, blueprint: Blueprint, emit: Emit) -> None:
        """Make what is new, remove what is gone, leave alone what is the same.

        Raises:
            GigaworksError: the wiring was refused.
            OSError: something cannot be mounted, written or listened on.
        """
        before, self.blueprint = self.blueprint, blueprint
        if before is None:
            wiring.apply(wiring.controller(blueprint))
            linux.fill_in_checksums("mgmt0")
        await self._remove_gone(before, blueprint, emit)
        new = self._wire(blueprint, emit)
        for name in new:
            self.machines[name] = self._make(blueprint, name)
        for name, machine in self.machines.items():
            if name in blueprint.nodes and name not in new and before and before.nodes[name] != blueprint.nodes[name]:
                machine.hardware = hardware_of(blueprint.nodes[name])
        await self._serve(blueprint, before, emit)
        switches = [(switch, self.machines[name]) for name, switch in sorted(blueprint.switches.items())]
        identity.enrol_switches(self.folder, [(switch, machine.folder / "flash") for switch, machine in switches])
        for _, machine in switches:
            await machine.power_on()
        await asyncio.gather(*(_answers(switch.management.address) for switch, _ in switches))
        if self._boot_services is None:
            self._boot_services = asyncio.create_task(self._run_boot_services())
        nodes = len(blueprint.nodes)
        emit(f"{nodes} nodes, {len(switches)} switches, {len(self.cables)} cables, {len(self.banks)} PDUs (simulated)")

    def powered(self, name: str) -> bool:
        """Whether any outlet gives power to a machine; one that no PDU feeds always has power."""
        feeding = [bank for bank in self.banks.values() if name in bank.devices.values()]
        return not feeding or any(bank.feeds(name) for bank in feeding)

    async def close(self) -> None:
        """Stop everything in order; the namespaces take the rest along."""
        if self._boot_services:
            self._boot_services.cancel()
        await asyncio.gather(*(machine.power_off(graceful=False) for machine in self.machines.values()))
        if self.redfish:
            await self.redfish.close()

    async def _remove_gone(self, before: Blueprint | None, after: Blueprint, emit: Emit) -> None:
        if before is None:
            return
        for label, cable in list(self.cables.items()):
            if cable not in after.cables:
                wiring.unplug(self.cables.pop(label))
        for name, machine in list(self.machines.items()):
            if _shape(before, name) != _shape(after, name):
                emit(f"removing {name}")
                await self._remove(name, machine)
        for name in [name for name in self.banks if name not in after.pdus]:
            del self.banks[name]
            if self.redfish:
                await self.redfish.remove(name)

    async def _remove(self, name: str, machine: NamespaceMachine) -> None:
        await machine.power_off(graceful=False)
        if self.redfish:
            await self.redfish.remove(name)
        machine.close()
        del self.machines[name]
        self.cables = {
            label: cable for label, cable in self.cables.items() if name not in {cable.a.device, cable.b.device}
        }
        wiring.apply([f"netns del {name}"])
        shutil.rmtree(machine.folder)

    def _wire(self, blueprint: Blueprint, emit: Emit) -> list[str]:
        """Make namespaces and cables that are not there yet; return the new machines' names."""
        new = [name for name in (*blueprint.switches, *blueprint.nodes) if name not in self.machines]
        addresses = wiring.bmc_addresses(blueprint)
        lines = [wiring.address("del", address) for address in sorted(self._addresses - addresses)]
        lines += [wiring.address("add", address) for address in sorted(addresses - self._addresses)]
        for name in new:
            lines += wiring.machine(blueprint, name)
        for cable in blueprint.cables:
            if cable.id not in self.cables and wiring.in_lab(blueprint, cable):
                lines.append(wiring.plug(blueprint, cable))
                self.cables[cable.id] = cable
        wiring.apply(lines)
        self._addresses = addresses
        if new:
            emit(f"wired {len(new)} machines")
        return new

    def _make(self, blueprint: Blueprint, name: str) -> NamespaceMachine:
        folder = self.folder.lab / "nodes" / name
        folder.mkdir(parents=True, exist_ok=True)
        if name in blueprint.nodes:
            return NamespaceMachine(name, hardware_of(blueprint.nodes[name]), folder, lambda: self.powered(name))
        switch = blueprint.switches[name]
        identity.provision_switch(self.folder, blueprint, switch, folder / "flash")
        hardware = Hardware(
            manufacturer="Gigaworks",
            model="FRR switch",
            serial=f"LAB-{name.upper()}",
            arch="x86_64",
            sockets=1,
            cores=1,
            memory_gib=1.0,
            macs={"eth0": switch.management.mac, **{port.name: "" for port in switch.ports}},
            accelerators=None,
            maximum_draw_w=_SWITCH_DRAW_W,
        )
        image = str(trees.root("switch"))
        return NamespaceMachine(name, hardware, folder, lambda: self.powered(name), image)

    async def _serve(self, blueprint: Blueprint, before: Blueprint | None, emit: Emit) -> None:
        """Give every BMC and PDU its Redfish service."""
        bmcs = {name: node.bmc for name, node in blueprint.nodes.items() if node.bmc}
        boards = {name for name, node in blueprint.nodes.items() if node.bmc is None}
        for name, pdu in blueprint.pdus.items():
            if name not in self.banks:
                self.banks[name] = LabOutlets(pdu, self.machines, self._outlet_changed, boards)
            else:
                self.banks[name].plug(pdu, boards)
        if self.redfish is None:
            self.redfish = await redfish.serve(
                list[Machine](self.machines.values()), bmcs, list(self.banks.values()), blueprint.pdus,
                identity.authority(self.folder), identity.password(self.folder),
            )  # fmt: skip
            emit(f"Redfish answers for {len(bmcs)} BMCs and {len(self.banks)} PDUs")
            return
        for name, bmc in bmcs.items():
            if before is None or name not in before.nodes or before.nodes[name].bmc != bmc:
                await self.redfish.remove(name)
                await self.redfish.add(self.machines[name], bmc)
        for name, pdu in blueprint.pdus.items():
            if before is None or before.pdus.get(name) != pdu:
                await self.redfish.remove(name)
                await self.redfish.add_bank(self.banks[name], pdu)

    async def _outlet_changed(self, device: str, state: PowerState) -> None:
        """Power reaches or leaves a machine: without any it dies; a board or switch starts as soon as it has some."""
        machine, blueprint = self.machines.get(device), self.blueprint
        if machine is None or blueprint is None:
            return
        if not self.powered(device):
            await machine.power_off(graceful=False)
        elif state == "on" and (device in blueprint.switches or blueprint.nodes[device].bmc is None):
            await machine.power_on()

    async def _run_boot_services(self) -> None:
        """Keep the boot services running."""
        while True:
            with (self.folder.lab / "boot.log").open("ab") as log:
                process = await asyncio.create_subprocess_exec(
                    sys.executable, "-m", "gigaworks.inventory.boot.server", str(self.folder.root),
                    stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                )  # fmt: skip
            try:
                await process.wait()
            except asyncio.CancelledError:
                process.terminate()
                raise
            await asyncio.sleep(1)


async def _answers(address: str) -> None:
    """Wait until a switch's SSH server answers.

    Raises:
        GigaworksError: it does not within a minute.
    """
    deadline = asyncio.get_running_loop().time() + _SWITCH_START_S
    while True:
        with contextlib.suppress(OSError, TimeoutError):
            _, writer = await asyncio.wait_for(asyncio.open_connection(address, 22), 1)
            writer.close()
            return
        if asyncio.get_running_loop().time() > deadline:
            raise GigaworksError(
                Problem(
                    "A switch does not start", f"{address} answers no SSH", "see its console: gigaworks lab console"
                )
            )
        await asyncio.sleep(0.1)


def _shape(blueprint: Blueprint, name: str) -> object:
    """Return what cannot change in a machine that exists: whether it is one, a node's architecture and its NICs."""
    node = blueprint.nodes.get(name)
    if node is None:
        return name in blueprint.switches
    return node.arch, [msgspec.structs.replace(nic, address=None, gateway=None) for nic in node.nics]
