"""The outlets of a lab rack PDU: simulated power, real consequences for the machine behind them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from gigaworks.inventory.blueprint import Pdu
from gigaworks.inventory.lab.machine import Machine, PowerState

_IDLE_SHARE = 0.03  # of the maximum draw: a machine that is off feeds its BMC only
_BUSY_SHARE = 0.6


class LabOutlets:
    """One rack PDU. ``changed`` is called with the device behind an outlet after it was switched."""

    def __init__(
        self,
        pdu: Pdu,
        machines: Mapping[str, Machine],
        changed: Callable[[str, PowerState], Awaitable[None]],
        off: set[str],
    ) -> None:
        self.name = pdu.name
        self.limit_w = round(pdu.limit_kw * 1000) if pdu.limit_kw is not None else None
        self.devices: dict[str, str] = {}
        self._machines = machines
        self._changed = changed
        self._states: dict[str, PowerState] = {}
        self.plug(pdu, off)

    def plug(self, pdu: Pdu, off: set[str]) -> None:
        """Plug in what the plan says; known outlets keep their state, new ones to a device in ``off`` are off."""
        self.devices = dict(pdu.outlets)
        self._states = {
            outlet: self._states.get(outlet, "off" if device in off else "on") for outlet, device in pdu.outlets.items()
        }

    def outlets(self) -> dict[str, PowerState]:
        """Return the state of every outlet by its number."""
        return dict(self._states)

    def feeds(self, device: str) -> bool:
        """Whether one of the outlets that are on feeds a device."""
        return any(self._states[outlet] == "on" for outlet, behind in self.devices.items() if behind == device)

    def draw_w(self, outlet: str) -> float:
        """Return the simulated draw of what is behind an outlet, in W: a share of its maximum, within its power cap."""
        machine = self._machines.get(self.devices.get(outlet, ""))
        if machine is None or self._states[outlet] == "off":
            return 0.0
        most = machine.hardware.maximum_draw_w
        cap = machine.hardware.power_cap_w or most
        share = min(_BUSY_SHARE * most, cap) if machine.power() == "on" else _IDLE_SHARE * most
        feeds = sum(behind == machine.name for behind in self.devices.values())
        return round(share / max(1, feeds), 1)

    async def switch(self, outlet: str, state: PowerState) -> None:
        """Switch one outlet.

        Raises:
            KeyError: there is no such outlet.
        """
        device = self.devices[outlet]
        if self._states[outlet] != state:
            self._states[outlet] = state
            await self._changed(device, state)
