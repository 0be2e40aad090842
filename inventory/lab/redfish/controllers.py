"""The Redfish service of one controller: which resources a machine's BMC has, and which a rack PDU."""

from __future__ import annotations

from gigaworks.inventory.blueprint import Bmc, Pdu
from gigaworks.inventory.lab.machine import Machine, OutletBank
from gigaworks.inventory.lab.redfish import root
from gigaworks.inventory.lab.redfish.accounts import Account, Accounts
from gigaworks.inventory.lab.redfish.chassis import URI as CHASSIS
from gigaworks.inventory.lab.redfish.chassis import Chassis, PowerLimit
from gigaworks.inventory.lab.redfish.managers import URI as MANAGER
from gigaworks.inventory.lab.redfish.managers import Manager
from gigaworks.inventory.lab.redfish.pdu import MAKER, MODEL, RackPdu
from gigaworks.inventory.lab.redfish.pdu import URI as PDU
from gigaworks.inventory.lab.redfish.resource import Tree, link
from gigaworks.inventory.lab.redfish.sessions import Sessions
from gigaworks.inventory.lab.redfish.systems import URI as SYSTEM
from gigaworks.inventory.lab.redfish.systems import System
from gigaworks.inventory.lab.redfish.tasks import Tasks

_STANDBY_W = 12.0  # simulated draw of a machine that is off but has power: its controller
_SUPPLIES = 2  # either carries the machine alone
_SHARE = 0.6  # simulated share of its maximum that a running machine draws
_PDU_MOST_W = 86600  # three phases of 125 A at 400 V


class Controller:
    """One controller with its own accounts, sessions and tasks."""

    def __init__(self, bmc: Bmc, password: str, delay_s: float) -> None:
        self.bmc = bmc
        self.power_delay_s = delay_s
        self.delay_s = 0.0  # what a slow controller lets every request wait
        self.accounts = Accounts(bmc.user, password)
        self.sessions = Sessions(self.accounts)
        self.tasks = Tasks()

    def by_password(self, name: str, password: str) -> Account | None:
        """Return the user with this password."""
        return self.accounts.by_password(name, password)

    def by_token(self, token: str) -> Account | None:
        """Return the user of a session."""
        return self.sessions.by_token(token)

    def tree(self) -> Tree:
        """Return every resource of this controller."""
        common = {**self.sessions.tree(), **self.accounts.tree(), **self.tasks.tree()}
        return root.tree(self.bmc.name, MANAGER, {**self.own(), **common})

    def own(self) -> Tree:
        """Return what only this kind of controller has."""
        raise NotImplementedError


class MachineController(Controller):
    """The BMC of a machine."""

    def __init__(self, bmc: Bmc, password: str, delay_s: float, machine: Machine) -> None:
        super().__init__(bmc, password, delay_s)
        self.machine = machine
        self.system = System(machine, self.tasks, delay_s)
        links = {"ManagerForServers": [link(SYSTEM)], "ManagerForChassis": [link(CHASSIS)]}
        self.manager = Manager(bmc, self.tasks, links, self.sessions.clear)

    def own(self) -> Tree:
        """Return system, chassis and manager."""
        hardware = self.machine.hardware
        most = hardware.maximum_draw_w or 1000
        chassis = Chassis(
            name=self.machine.name,
            kind="Sled",
            manufacturer=hardware.manufacturer,
            model=hardware.model,
            serial=hardware.serial,
            powered=lambda: self.machine.power() == "on",
            draw_w=self.draw_w,
            limit=PowerLimit(
                lambda: hardware.power_cap_w, lambda watts: setattr(hardware, "power_cap_w", watts), 0, _SUPPLIES * most
            ),
            below={"ComputerSystems": [link(SYSTEM)], "ManagedBy": [link(MANAGER)]},
            supplies=_SUPPLIES,
        )
        return {**self.system.tree(), **chassis.tree(), **self.manager.tree()}

    def draw_w(self) -> float:
        """Return the simulated draw: never above the cap."""
        hardware = self.machine.hardware
        if self.machine.power() == "off":
            return _STANDBY_W
        draw = _SHARE * (hardware.maximum_draw_w or 1000)
        return round(min(draw, hardware.power_cap_w) if hardware.power_cap_w is not None else draw, 1)


class PduController(Controller):
    """The controller of a rack PDU."""

    def __init__(self, bmc: Bmc, password: str, delay_s: float, bank: OutletBank, pdu: Pdu) -> None:
        super().__init__(bmc, password, delay_s)
        self.bank = bank
        self.rack_pdu = RackPdu(bank, pdu, self.tasks, delay_s)
        links = {"ManagerForChassis": [link(CHASSIS)]}
        self.manager = Manager(bmc, self.tasks, links, self.sessions.clear)

    def own(self) -> Tree:
        """Return power equipment, chassis and manager."""
        pdu = self.rack_pdu.pdu
        chassis = Chassis(
            name=pdu.name,
            kind="RackMount",
            manufacturer=MAKER,
            model=MODEL,
            serial=f"LAB-{pdu.name.upper()}",
            powered=lambda: True,
            draw_w=self.rack_pdu.draw_w,
            limit=PowerLimit(
                lambda: self.bank.limit_w, lambda watts: setattr(self.bank, "limit_w", watts), 0, _PDU_MOST_W
            ),
            below={"PowerDistribution": link(PDU), "ManagedBy": [link(MANAGER)]},
            supplies=0,
        )
        return {**self.rack_pdu.tree(), **chassis.tree(), **self.manager.tree()}
