"""A rack PDU: its outlets, which can be switched, and what they draw. All of it is simulated and says so."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import cast

from gigaworks.inventory.blueprint import Pdu
from gigaworks.inventory.lab.machine import OutletBank, PowerState
from gigaworks.inventory.lab.redfish.chassis import URI as CHASSIS
from gigaworks.inventory.lab.redfish.parts import FIRMWARE
from gigaworks.inventory.lab.redfish.protocol import ROOT
from gigaworks.inventory.lab.redfish.resource import Answer, Body, Resource, Tree, action, link, one_of, status, things
from gigaworks.inventory.lab.redfish.systems import MANAGER, uuid_of
from gigaworks.inventory.lab.redfish.tasks import Tasks

URI = f"{ROOT}/PowerEquipment/RackPDUs/1"
MODEL = "Rack PDU (simulated)"
MAKER = "Gigaworks lab"


class RackPdu:
    """The outlets of a bank as Redfish's power equipment."""

    def __init__(self, bank: OutletBank, pdu: Pdu, tasks: Tasks, delay_s: float) -> None:
        self.bank = bank
        self.pdu = pdu
        self.tasks = tasks
        self.delay_s = delay_s

    def draw_w(self) -> float:
        """Return the simulated draw of all outlets."""
        return round(sum(self.bank.draw_w(outlet) for outlet in self.bank.outlets()), 1)

    def tree(self) -> Tree:
        """Return the power equipment, the PDU and its outlets."""
        outlets = f"{URI}/Outlets"
        states = self.bank.outlets()
        return {
            f"{ROOT}/PowerEquipment": Resource(
                "PowerEquipment.v1_2_3.PowerEquipment",
                lambda: {
                    "Id": "PowerEquipment",
                    "Name": "Power equipment",
                    "RackPDUs": link(f"{ROOT}/PowerEquipment/RackPDUs"),
                    "Status": status(),
                },
            ),
            **things(
                "PowerDistribution",
                "Rack PDUs",
                f"{ROOT}/PowerEquipment/RackPDUs",
                {"1": Resource("PowerDistribution.v1_6_0.PowerDistribution", self._read)},
            ),
            **things(
                "Outlet", "Outlets", outlets, {number: self._outlet(number, state) for number, state in states.items()}
            ),
            **{
                f"{outlets}/{number}/Actions/Outlet.PowerControl": action(
                    "Outlet.PowerControl", {"PowerState": one_of("On", "Off", "PowerCycle")}, self._control(number)
                )
                for number in states
            },
        }

    def _read(self) -> Body:
        return {
            "Id": "1",
            "Name": self.pdu.name,
            "EquipmentType": "RackPDU",
            "Manufacturer": MAKER,
            "Model": MODEL,
            "SerialNumber": f"LAB-{self.pdu.name.upper()}",
            "FirmwareVersion": FIRMWARE,
            "UUID": uuid_of(self.pdu.name),
            "Outlets": link(f"{URI}/Outlets"),
            "Links": {"Chassis": [link(CHASSIS)], "ManagedBy": [link(MANAGER)]},
            "Status": status(),
        }

    def _outlet(self, number: str, state: PowerState) -> Resource:
        def read() -> Body:
            fed = self.pdu.outlets.get(number)
            return {
                "Id": number,
                "Name": f"Outlet {number} (simulated)",
                "OutletType": "IEC_60320_C13",
                "VoltageType": "AC",
                "NominalVoltage": "AC230V",
                "PowerState": "On" if state == "on" else "Off",
                "PowerEnabled": state == "on",
                "PowerWatts": {"Reading": self.bank.draw_w(number)},
                **({"ElectricalConsumerNames": [fed]} if fed else {}),
                "Actions": {
                    "#Outlet.PowerControl": {
                        "target": f"{URI}/Outlets/{number}/Actions/Outlet.PowerControl",
                        "PowerState@Redfish.AllowableValues": ["On", "Off", "PowerCycle"],
                    }
                },
                "Status": status(),
            }

        return Resource("Outlet.v1_4_4.Outlet", read)

    def _control(self, number: str) -> Callable[[Body], Awaitable[Answer]]:
        async def switch(values: Body) -> Answer:
            wanted = values["PowerState"]
            return self.tasks.start(f"Outlet {number} {wanted}", self._switch(number, wanted))

        return switch

    async def _switch(self, number: str, wanted: str) -> None:
        await asyncio.sleep(self.delay_s)
        if wanted == "PowerCycle":
            await self.bank.switch(number, "off")
            await asyncio.sleep(self.delay_s)
            wanted = "On"
        await self.bank.switch(number, cast("PowerState", wanted.lower()))
