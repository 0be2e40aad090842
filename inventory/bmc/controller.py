"""A machine behind its BMC: what it is, whether it runs, what it boots from, how much power it may draw."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Self

from gigaworks.inventory.bmc import errors
from gigaworks.inventory.bmc.inventory import Body, Inventory, all_systems, host_system, linked_chassis, read_inventory
from gigaworks.inventory.bmc.limits import Limit, find_limit
from gigaworks.inventory.bmc.session import Session

if TYPE_CHECKING:
    from sushy.resources.system.system import System

Power = Literal["on", "off", "changing", "unknown"]
Source = Literal["network", "disk", "media"]

SECRET = ".gigaworks/secrets/bmc-password"  # noqa: S105 - where the secret is, not what it is
_STATES: dict[str, Power] = {"On": "on", "Off": "off", "PoweringOn": "changing", "PoweringOff": "changing"}
_RESETS = {  # what is asked, gently or not → Redfish's reset types, the best first
    ("on", False): ("On", "ForceOn", "PushPowerButton"),
    ("on", True): ("On", "ForceOn", "PushPowerButton"),
    ("off", False): ("ForceOff", "Off"),
    ("off", True): ("GracefulShutdown",),
    ("reset", False): ("ForceRestart", "PowerCycle"),
    ("reset", True): ("GracefulRestart",),
}
_TARGETS: dict[Source, tuple[str, ...]] = {
    "network": ("UefiHttp", "Pxe"),
    "disk": ("Hdd",),
    "media": ("Cd", "UsbCd"),
}
_MODES = {"Once": True, "Continuous": False}
_POLL_S = 0.5
_RESTART_S = 60.0  # for controllers that only know on and off


class Controller:
    """The BMC of one machine. Every method may raise what ``Session.root`` raises."""

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

    def inventory(self) -> Inventory:
        """Return what the machine consists of."""
        seen: dict[str, Body | None] = {}

        def read(uri: str) -> Body | None:
            if uri not in seen:
                seen[uri] = self.session.read(uri)
            return seen[uri]

        limit = find_limit(read, linked_chassis(read, host_system(all_systems(read))))
        return read_inventory(read, power_cap_w=limit.watts if limit else None)

    def firmware(self) -> dict[str, str]:
        """Return the versions of bmc and bios, as far as known."""
        return self.inventory().firmware

    def power(self) -> Power:
        """Return whether the machine runs."""
        return _STATES.get(str(self._host().get("PowerState")), "unknown")

    def set_power(self, state: Literal["on", "off", "reset"], graceful: bool = False) -> None:
        """Press the button and wait until the controller has done it; a machine already there is left alone.

        Raises:
            Unsupported: the controller has no such button.
            TimedOut: the controller is still busy after three minutes.
        """
        host = self._host()
        if _STATES.get(str(host.get("PowerState"))) == state:
            return
        allowed, target = self._reset_types(host)
        kind = next((known for known in _RESETS[state, graceful] if known in allowed), None)
        if kind:
            self.session.act(target, {"ResetType": kind}, f"carry out {kind}")
        elif state == "reset" and not graceful:
            self.set_power("off")
            self.wait_for_power("off", _RESTART_S)
            self.set_power("on")
        else:
            way = "gracefully " if graceful else ""
            raise errors.unsupported(
                self.name,
                f"cannot {way}switch {state}: it knows {', '.join(sorted(allowed)) or 'no reset type'}",
                "Do it without graceful, or by hand.",
            )

    def wait_for_power(self, state: Literal["on", "off"], timeout: float) -> None:
        """Wait until the machine is on or off.

        Raises:
            TimedOut: not there after ``timeout`` seconds.
        """
        end = time.monotonic() + timeout
        while (now := self.power()) != state:
            if time.monotonic() > end:
                why = f"still {now} after {timeout:.0f} s"
                raise errors.TimedOut(*errors.failed(self.name, f"switch {state}", why).problems)
            time.sleep(_POLL_S)

    def boot(self) -> tuple[Source | None, bool]:
        """Return what the next start is told to boot from (None: its own order) and whether for one start only."""
        override = self._host().get("Boot") or {}
        mode = override.get("BootSourceOverrideEnabled")
        target = override.get("BootSourceOverrideTarget")
        source = next((source for source, names in _TARGETS.items() if target in names), None)
        return (source, _MODES[mode]) if mode in _MODES and source else (None, False)

    def boot_from(self, source: Source, once: bool) -> None:
        """Set what the next start boots from, for that start only or for every one.

        Raises:
            Unsupported: the controller cannot choose this source.
        """
        import sushy

        with self.session.root(f"set the boot source to {source}") as root:
            host = self._host()
            override = host.get("Boot") or {}
            allowed = override.get("BootSourceOverrideTarget@Redfish.AllowableValues") or []
            target = next((known for known in _TARGETS[source] if known in allowed), None)
            if target is None:
                offered = ", ".join(allowed) or "no boot override at all"
                raise errors.unsupported(
                    self.name,
                    f"cannot boot from {source}: it offers {offered}",
                    "Set the boot order in the machine's firmware by hand.",
                )
            system: System = root.get_system(host["@odata.id"])
            system.set_system_boot_options(
                target=sushy.BootSource(target),
                enabled=sushy.BootSourceOverrideEnabled.ONCE if once else sushy.BootSourceOverrideEnabled.CONTINUOUS,
                mode=sushy.BootSourceOverrideMode.UEFI if override.get("BootSourceOverrideMode") == "Legacy" else None,
            )

    def power_cap(self) -> int | None:
        """Return the power cap in W; None where none is set.

        Raises:
            Unsupported: the controller has no power cap.
        """
        return self._limit().watts

    def set_power_cap(self, watts: int | None) -> None:
        """Set the power cap in W, or take it away.

        Raises:
            Unsupported: the controller has no power cap, or not this one.
        """
        limit = self._limit()
        check_range(self.name, limit, watts)
        self.session.patch(limit.uri, limit.values(watts), "set the power cap")

    def _limit(self) -> Limit:
        limit = find_limit(self.session.read, linked_chassis(self.session.read, self._host()))
        if limit is None:
            raise errors.unsupported(
                self.name, "has no power cap that could be read or set", "Take power_cap_w off this node."
            )
        return limit

    def _host(self) -> Body:
        host = host_system(all_systems(self.session.read))
        if not host:
            raise errors.unsupported(
                self.name, "shows no computer system", "Check that the address is that of a machine's BMC."
            )
        return host

    def _reset_types(self, host: Body) -> tuple[list[str], str]:
        """Return the reset types that the controller knows and where to ask for them."""
        button: dict[str, Any] = (host.get("Actions") or {}).get("#ComputerSystem.Reset") or {}
        if "target" not in button:
            raise errors.unsupported(self.name, "has no power button", "Switch the machine by its outlet or by hand.")
        listed = button.get("ResetType@Redfish.AllowableValues")
        if listed is None and "@Redfish.ActionInfo" in button:
            info = self.session.read(button["@Redfish.ActionInfo"]) or {}
            listed = next(
                (p.get("AllowableValues") for p in info.get("Parameters") or [] if p.get("Name") == "ResetType"), None
            )
        return list(listed or ["On", "ForceOff", "ForceRestart"]), button["target"]


def check_range(name: str, limit: Limit, watts: int | None) -> None:
    """Refuse a limit that the device cannot take, before it is sent.

    Raises:
        Unsupported: outside of what the device allows.
    """
    low, high = limit.least_w, limit.most_w
    if watts is not None and ((low is not None and watts < low) or (high is not None and watts > high)):
        bounds = f"from {low if low is not None else 0:g} W to {high:g} W" if high is not None else f"{low:g} W or more"
        raise errors.unsupported(
            name, f"cannot limit to {watts} W: it allows {bounds}", "Declare a value in that range."
        )
