"""The computer system behind a controller: identity, boot source, power button."""

from __future__ import annotations

import asyncio
import uuid
from typing import Literal

from gigaworks.inventory.lab.machine import BootSource, Machine
from gigaworks.inventory.lab.redfish import parts
from gigaworks.inventory.lab.redfish.media import VirtualMedia
from gigaworks.inventory.lab.redfish.protocol import ROOT
from gigaworks.inventory.lab.redfish.resource import (
    Answer,
    Body,
    Resource,
    Tree,
    action,
    collection,
    link,
    one_of,
    status,
)
from gigaworks.inventory.lab.redfish.tasks import Tasks

COLLECTION = f"{ROOT}/Systems"
URI = f"{COLLECTION}/1"
CHASSIS = f"{ROOT}/Chassis/1"
MANAGER = f"{ROOT}/Managers/BMC"
_SOURCES: dict[str, BootSource] = {"Pxe": "network", "UefiHttp": "network", "Hdd": "disk", "Cd": "media"}
_MODES = ["Disabled", "Once", "Continuous"]
_NAMESPACE = uuid.UUID("6ba7b811-9dad-11d1-80b4-00c04fd430c8")  # RFC 4122's for URLs


def uuid_of(name: str) -> str:
    """Return a UUID that stays with a name."""
    return str(uuid.uuid5(_NAMESPACE, f"gigaworks-lab:{name}"))


class System:
    """A lab machine as a ComputerSystem."""

    def __init__(self, machine: Machine, tasks: Tasks, delay_s: float) -> None:
        self.machine = machine
        self.tasks = tasks
        self.delay_s = delay_s  # between the button and anything happening
        self.moving: Literal["PoweringOn", "PoweringOff"] | None = None
        self.media = VirtualMedia(machine, URI) if "media" in machine.capabilities else None
        self.asked = ("Disabled", "None")  # as the client named it: Pxe and UefiHttp are one source to the machine

    def tree(self) -> Tree:
        """Return the system and everything below it."""
        return {
            COLLECTION: collection("ComputerSystem", "Computer systems", COLLECTION, ["1"]),
            URI: Resource(
                "ComputerSystem.v1_27_0.ComputerSystem",
                self._read,
                {
                    "Boot/BootSourceOverrideTarget": one_of("None", *self._targets()),
                    "Boot/BootSourceOverrideEnabled": one_of(*_MODES),
                    "Boot/BootSourceOverrideMode": one_of("UEFI"),
                },
                self._apply,
            ),
            f"{URI}/ResetActionInfo": self._reset_info(),
            f"{URI}/Actions/ComputerSystem.Reset": action(
                "ComputerSystem.Reset", {"ResetType": one_of(*self._resets())}, self._reset
            ),
            **parts.tree(self.machine, URI),
            **(self.media.tree() if self.media else {}),
        }

    def _targets(self) -> list[str]:
        can = self.machine.capabilities
        return [
            *(["Pxe", "UefiHttp"] if "network-boot" in can else []),
            "Hdd",
            *(["Cd"] if "media" in can else []),
        ]

    def _resets(self) -> list[str]:
        graceful = ["GracefulShutdown", "GracefulRestart"] if "graceful-off" in self.machine.capabilities else []
        return ["On", "ForceOff", "ForceRestart", "PowerCycle", *graceful]

    def power_state(self) -> str:
        """Return Redfish's word for the state, the ones on the way included."""
        return self.moving or ("On" if self.machine.power() == "on" else "Off")

    def _boot(self) -> tuple[str, str]:
        """Return override mode and target: as asked for while the machine still means to do it."""
        source, once = self.machine.boot()
        mode, target = self.asked
        if (source, once) == (_SOURCES.get(target, "disk"), mode == "Once"):
            return self.asked
        if (source, once) == ("disk", False):  # where a machine ends up by itself
            return "Disabled", "None"
        return ("Once" if once else "Continuous"), next(name for name, known in _SOURCES.items() if known == source)

    def _read(self) -> Body:
        hardware = self.machine.hardware
        mode, target = self._boot()
        return {
            "Id": "1",
            "Name": self.machine.name,
            "Description": "A simulated computer system",
            "SystemType": "Physical",
            "Manufacturer": hardware.manufacturer,
            "Model": hardware.model,
            "SerialNumber": hardware.serial,
            "UUID": uuid_of(hardware.serial),
            "HostName": self.machine.name,
            "BiosVersion": parts.FIRMWARE,
            "PowerState": self.power_state(),
            "Status": status(state="Enabled" if self.power_state() == "On" else "StandbyOffline"),
            "ProcessorSummary": {
                "Count": hardware.sockets,
                "CoreCount": hardware.cores,
                "Model": parts.cpu_model(hardware),
            },
            "MemorySummary": {"TotalSystemMemoryGiB": hardware.memory_gib},
            "Boot": {
                "BootSourceOverrideEnabled": mode,
                "BootSourceOverrideEnabled@Redfish.AllowableValues": _MODES,
                "BootSourceOverrideTarget": target,
                "BootSourceOverrideTarget@Redfish.AllowableValues": ["None", *self._targets()],
                "BootSourceOverrideMode": "UEFI",
                "BootSourceOverrideMode@Redfish.AllowableValues": ["UEFI"],
            },
            "Processors": link(f"{URI}/Processors"),
            "Memory": link(f"{URI}/Memory"),
            "EthernetInterfaces": link(f"{URI}/EthernetInterfaces"),
            **({"VirtualMedia": link(self.media.collection)} if self.media else {}),
            "Links": {"Chassis": [link(CHASSIS)], "ManagedBy": [link(MANAGER)]},
            "Actions": {
                "#ComputerSystem.Reset": {
                    "target": f"{URI}/Actions/ComputerSystem.Reset",
                    "@Redfish.ActionInfo": f"{URI}/ResetActionInfo",
                    "ResetType@Redfish.AllowableValues": self._resets(),
                }
            },
        }

    def _apply(self, values: Body) -> None:
        mode, target = self._boot()
        target = values.get("Boot/BootSourceOverrideTarget", target)
        mode = values.get("Boot/BootSourceOverrideEnabled", "Once" if mode == "Disabled" else mode)
        if mode == "Disabled" or target == "None":
            mode, target = "Disabled", "None"
        self.asked = (mode, target)
        self.machine.set_boot(_SOURCES.get(target, "disk"), once=mode == "Once")

    def _reset_info(self) -> Resource:
        return Resource(
            "ActionInfo.v1_5_0.ActionInfo",
            lambda: {
                "Id": "ResetActionInfo",
                "Name": "Parameters of Reset",
                "Parameters": [
                    {
                        "Name": "ResetType",
                        "Required": True,
                        "DataType": "String",
                        "AllowableValues": self._resets(),
                    }
                ],
            },
        )

    async def _reset(self, values: Body) -> Answer:
        kind = values["ResetType"]
        return self.tasks.start(f"Reset {kind}", self._press(kind))

    async def _press(self, kind: str) -> None:
        running = self.machine.power() == "on"
        starting = kind in ("On", "ForceRestart", "GracefulRestart", "PowerCycle")
        if kind in ("On", "ForceOff", "GracefulShutdown") and running == (kind == "On"):
            return  # already there: real controllers accept that too
        self.moving = "PoweringOn" if starting else "PoweringOff"
        try:
            await asyncio.sleep(self.delay_s)
            await self._move(kind, running)
        finally:
            self.moving = None

    async def _move(self, kind: str, running: bool) -> None:
        machine = self.machine
        if kind == "ForceRestart" and running:
            await machine.reset()
            return
        if running:
            await machine.power_off(graceful=kind.startswith("Graceful"))
        if kind not in ("ForceOff", "GracefulShutdown"):
            await machine.power_on()
