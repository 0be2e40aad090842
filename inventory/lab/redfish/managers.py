"""The controller itself: identity, network, its own reset."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from gigaworks.inventory.blueprint import Bmc
from gigaworks.inventory.lab.redfish.parts import FIRMWARE
from gigaworks.inventory.lab.redfish.protocol import ROOT
from gigaworks.inventory.lab.redfish.resource import (
    Answer,
    Body,
    Resource,
    Tree,
    action,
    boolean,
    collection,
    link,
    one_of,
    status,
    text,
    things,
)
from gigaworks.inventory.lab.redfish.systems import uuid_of
from gigaworks.inventory.lab.redfish.tasks import Tasks

COLLECTION = f"{ROOT}/Managers"
URI = f"{COLLECTION}/BMC"
_NTP_SERVERS = 4


class Manager:
    """The management controller of a machine or of a PDU."""

    def __init__(self, bmc: Bmc, tasks: Tasks, links: Body, forget_sessions: Callable[[], None]) -> None:
        self.bmc = bmc
        self.tasks = tasks
        self.links = links
        self.forget_sessions = forget_sessions
        self.ntp_servers: list[str] = []

    def tree(self) -> Tree:
        """Return the manager and everything below it."""
        return {
            COLLECTION: collection("Manager", "Managers", COLLECTION, ["BMC"]),
            URI: Resource("Manager.v1_24_0.Manager", self._read),
            f"{URI}/Actions/Manager.Reset": action(
                "Manager.Reset",
                {"ResetType": one_of("GracefulRestart", "ForceRestart")},
                self._reset,
                privilege="ConfigureManager",
            ),
            f"{URI}/NetworkProtocol": Resource(
                "ManagerNetworkProtocol.v1_12_0.ManagerNetworkProtocol",
                self._protocols,
                {"NTP/NTPServers": self._check_ntp, "NTP/ProtocolEnabled": boolean},
                self._apply,
                privilege="ConfigureManager",
            ),
            **things(
                "EthernetInterface", "Network interfaces", f"{URI}/EthernetInterfaces", {"eth0": self._interface()}
            ),
        }

    def _read(self) -> Body:
        return {
            "Id": "BMC",
            "Name": self.bmc.name,
            "Description": "A simulated management controller",
            "ManagerType": "BMC",
            "Manufacturer": "Gigaworks lab",
            "Model": "Management controller (simulated)",
            "FirmwareVersion": FIRMWARE,
            "UUID": uuid_of(self.bmc.name),
            "ServiceEntryPointUUID": uuid_of(f"{self.bmc.name}/service"),
            "PowerState": "On",
            "NetworkProtocol": link(f"{URI}/NetworkProtocol"),
            "EthernetInterfaces": link(f"{URI}/EthernetInterfaces"),
            "Links": self.links,
            "Actions": {
                "#Manager.Reset": {
                    "target": f"{URI}/Actions/Manager.Reset",
                    "ResetType@Redfish.AllowableValues": ["GracefulRestart", "ForceRestart"],
                }
            },
            "Status": status(),
        }

    async def _reset(self, values: Body) -> Answer:
        async def restart() -> None:
            await asyncio.sleep(0.1)  # the answer has to get out first
            self.forget_sessions()

        return self.tasks.start(f"Reset of the controller: {values['ResetType']}", restart())

    def _protocols(self) -> Body:
        return {
            "Id": "NetworkProtocol",
            "Name": "Network protocols",
            "HostName": self.bmc.name.partition(".")[0],
            "FQDN": self.bmc.name,
            "HTTP": {"ProtocolEnabled": False, "Port": None},
            "HTTPS": {"ProtocolEnabled": True, "Port": 443},
            "SSDP": {"ProtocolEnabled": False},
            "NTP": {"ProtocolEnabled": bool(self.ntp_servers), "NTPServers": self.ntp_servers},
            "Status": status(),
        }

    def _check_ntp(self, value: object) -> list[str]:
        """Return the new list: null removes an element, {} leaves it, the rest of a longer list is cut off."""
        if not isinstance(value, list) or len(value) > _NTP_SERVERS:
            raise ValueError(value)
        old = [*self.ntp_servers, *[None] * len(value)]
        kept = [old[place] if item == {} else item for place, item in enumerate(value)]
        return [text()(item) for item in kept if item is not None]

    def _apply(self, values: Body) -> None:
        self.ntp_servers = values.get("NTP/NTPServers", self.ntp_servers)

    def _interface(self) -> Resource:
        return Resource(
            "EthernetInterface.v1_12_4.EthernetInterface",
            lambda: {
                "Id": "eth0",
                "Name": "Management port",
                "MACAddress": self.bmc.mac,
                "InterfaceEnabled": True,
                "LinkStatus": "LinkUp",
                "IPv4Addresses": [
                    {
                        "Address": self.bmc.address,
                        "AddressOrigin": "Static",
                        "SubnetMask": "255.255.255.255",
                        "Gateway": self.bmc.address,
                    }
                ],
                "Status": status(),
            },
        )
