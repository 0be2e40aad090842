"""A rack PDU behind its controller: its outlets, and the limit of what it may deliver."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from gigaworks.inventory.bmc import errors
from gigaworks.inventory.bmc.controller import SECRET, check_range
from gigaworks.inventory.bmc.inventory import Body, known, members, uri_of
from gigaworks.inventory.bmc.limits import Limit, find_limit
from gigaworks.inventory.bmc.session import Session

OutletState = Literal["on", "off", "unknown"]
_ASKED = {"on": "On", "off": "Off", "cycle": "PowerCycle"}


class OutletController:
    """The controller of one rack PDU. Every method may raise what ``Session.root`` raises."""

    def __init__(
        self, address: str, user: str, password: str, ca_file: Path, name: str = "", secret: str = SECRET
    ) -> None:
        self.session = Session(address, user, password, ca_file, name, secret)
        self.name = self.session.name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Log out."""
        self.session.close()

    def model(self) -> str | None:
        """Return what the PDU calls itself."""
        return known(self._pdu().get("Model"))

    def outlets(self) -> dict[str, OutletState]:
        """Return the state of every outlet by its number."""
        return {str(body["Id"]): _state(body) for body in self._outlets()}

    def outlet(self, number: str | int) -> OutletState:
        """Return the state of one outlet.

        Raises:
            Unsupported: the PDU has no such outlet.
        """
        return _state(self._outlet(str(number)))

    def draw_w(self, number: str | int) -> float | None:
        """Return what an outlet delivers, in W, where it is measured."""
        reading = (self._outlet(str(number)).get("PowerWatts") or {}).get("Reading")
        return float(reading) if isinstance(reading, (int, float)) else None

    def set_outlet(self, number: str | int, state: Literal["on", "off", "cycle"]) -> None:
        """Switch one outlet and wait until it is done; one already there is left alone.

        Raises:
            Unsupported: the PDU has no such outlet, or cannot switch it.
        """
        outlet = self._outlet(str(number))
        if _state(outlet) == state:
            return
        control = (outlet.get("Actions") or {}).get("#Outlet.PowerControl") or {}
        if "target" not in control:
            raise errors.unsupported(self.name, f"cannot switch outlet {number}", "Switch it by hand.")
        self.session.act(control["target"], {"PowerState": _ASKED[state]}, f"switch outlet {number} {state}")

    def limit_kw(self) -> float | None:
        """Return the limit in kW; None where none is set.

        Raises:
            Unsupported: the PDU has no limit.
        """
        watts = self._limit().watts
        return None if watts is None else watts / 1000

    def set_limit_kw(self, limit_kw: float | None) -> None:
        """Set the limit in kW (to the watt), or take it away.

        Raises:
            Unsupported: the PDU has no limit, or not this one.
        """
        limit = self._limit()
        watts = None if limit_kw is None else round(limit_kw * 1000)
        check_range(self.name, limit, watts)
        self.session.patch(limit.uri, limit.values(watts), "set the power limit")

    def _limit(self) -> Limit:
        chassis = [uri_of(entry) for entry in _listed((self._pdu().get("Links") or {}).get("Chassis"))]
        limit = find_limit(self.session.read, [uri for uri in chassis if uri])
        if limit is None:
            raise errors.unsupported(self.name, "has no power limit", "Take limit_kw off this PDU.")
        return limit

    def _pdu(self) -> Body:
        read = self.session.read
        root = read("/redfish/v1/") or {}
        equipment = read(uri_of(root.get("PowerEquipment")) or "/redfish/v1/PowerEquipment") or {}
        pdu = next((body for body in members(read, uri_of(equipment.get("RackPDUs"))) if body), None)
        if pdu is None:
            raise errors.unsupported(
                self.name, "shows no rack PDU", "Check that the address is that of a PDU with Redfish."
            )
        return pdu

    def _outlets(self) -> list[Body]:
        found = members(self.session.read, uri_of(self._pdu().get("Outlets")))
        return [body for body in found if body and "Id" in body]

    def _outlet(self, number: str) -> Body:
        every = {str(body["Id"]): body for body in self._outlets()}
        if number not in every:
            raise errors.unsupported(
                self.name,
                f"has no outlet {number}: it has {', '.join(every) or 'none'}",
                "Correct the outlet's number.",
            )
        return every[number]


def _state(outlet: Body) -> OutletState:
    state = outlet.get("PowerState")
    return "on" if state == "On" else "off" if state == "Off" else "unknown"


def _listed(links: object) -> list[object]:
    return links if isinstance(links, list) else []
