"""Controllers of real or lab hardware by Redfish: machines' BMCs and rack PDUs."""

from __future__ import annotations

from gigaworks.inventory.bmc.controller import Controller
from gigaworks.inventory.bmc.errors import BmcError, TimedOut, Unreachable, Unsupported, WrongCertificate
from gigaworks.inventory.bmc.inventory import Inventory
from gigaworks.inventory.bmc.outlets import OutletController

__all__ = [
    "BmcError",
    "Controller",
    "Inventory",
    "OutletController",
    "TimedOut",
    "Unreachable",
    "Unsupported",
    "WrongCertificate",
]
