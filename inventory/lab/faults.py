"""What can be broken behind Gigaworks' back, and mended again: one table."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any, get_args

import msgspec

from gigaworks.inventory.blueprint import Accelerators, Arch, CableEnd
from gigaworks.inventory.boot import disk as installation
from gigaworks.inventory.key_pair import key_pair
from gigaworks.inventory.lab import linux, wiring
from gigaworks.inventory.lab.node import NamespaceMachine
from gigaworks.inventory.lab.site import LabSite
from gigaworks.inventory.problem import GigaworksError, Problem, WrongUse

_UNPLUGGED_S = 2.0  # long enough for both ends to notice; they would believe in the old neighbour otherwise

Mend = Callable[[], Awaitable[None]]
Break = Callable[[LabSite, list[str]], Awaitable[Mend]]


@dataclass(frozen=True)
class Kind:
    """A kind of fault: what its arguments are, what it means, and what does it; that returns what takes it back."""

    arguments: str
    meaning: str
    apply: Break


@dataclass
class Faults:
    """The faults of one lab that are in force."""

    site: LabSite
    active: dict[str, tuple[list[str], str, Mend]] = field(default_factory=dict)
    _count: int = 0

    async def do(self, kind: str, arguments: list[str]) -> dict[str, Any]:
        """Apply a fault, ``list`` them, or ``clear`` one by its number or all.

        Raises:
            WrongUse: no such fault, or its arguments are off.
            GigaworksError: it cannot be done now.
        """
        if kind == "list":
            kinds = {f"{name} {each.arguments}".strip(): each.meaning for name, each in KINDS.items()}
            return {**kinds, "clear [NUMBER]": "mend one fault, or all", "in force": self.listed()}
        if kind == "clear":
            return await self._clear(arguments)
        fault = KINDS.get(kind)
        if fault is None or len(arguments) != len(fault.arguments.split()):
            usage = f"{kind} {fault.arguments}" if fault else ", ".join(KINDS)
            raise WrongUse(Problem("No such fault" if fault is None else "Wrong arguments", fix=f"use: {usage}"))
        try:
            mend = await fault.apply(self.site, arguments)
        except (RuntimeError, ValueError, OSError) as error:
            raise GigaworksError(
                Problem("The fault cannot be made", f"{kind} {' '.join(arguments)}: {error}")
            ) from None
        self._count += 1
        since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
        self.active[str(self._count)] = ([kind, *arguments], since, mend)
        return {"fault": self._count, "made": " ".join([kind, *arguments])}

    def listed(self) -> list[str]:
        """Return the faults in force, each on a line."""
        return [f"{number}: {' '.join(words)} (since {since})" for number, (words, since, _) in self.active.items()]

    def of(self, machine: str) -> list[str]:
        """Return the kinds of fault that a machine has."""
        return [words[0] for words, _, _ in self.active.values() if machine in words[1:]]

    async def _clear(self, arguments: list[str]) -> dict[str, Any]:
        chosen = arguments or list(reversed(self.active))
        unknown = [number for number in chosen if number not in self.active]
        if unknown:
            raise WrongUse(Problem("No such fault", f"nothing is in force under {', '.join(unknown)}"))
        for number in chosen:
            _, _, mend = self.active.pop(number)
            try:
                await mend()
            except (RuntimeError, OSError, GigaworksError):
                continue  # what it broke is gone: the machine is off, removed or installed anew
        return {"cleared": chosen}


def _machine(site: LabSite, name: str) -> NamespaceMachine:
    try:
        return site.machines[name]
    except KeyError:
        raise WrongUse(
            Problem("No such machine", f"{name} is not in this lab", f"one of {', '.join(site.machines)}")
        ) from None


async def _sysctl(site: LabSite, arguments: list[str]) -> Mend:
    machine = _machine(site, arguments[0])
    key, value = arguments[1:]
    before = machine.run(["sysctl", "-n", key]).strip()
    machine.run(["sysctl", "-q", "-w", f"{key}={value}"])

    async def mend() -> None:
        machine.run(["sysctl", "-q", "-w", f"{key}={before}"])

    return mend


async def _route(site: LabSite, arguments: list[str]) -> Mend:
    machine = _machine(site, arguments[0])
    prefix, via = str(ipaddress.ip_network(arguments[1])), str(ipaddress.ip_address(arguments[2]))
    configure = ["vtysh", "-c", "configure terminal", "-c"]
    machine.run([*configure, f"ip route {prefix} {via}"])

    async def mend() -> None:
        machine.run([*configure, f"no ip route {prefix} {via}"])

    return mend


async def _cable(site: LabSite, arguments: list[str]) -> Mend:
    first, second = (_end(site, text) for text in arguments)
    other = {first: second, second: first}

    async def exchange() -> None:
        plugs = wiring.pull([first, second])
        await asyncio.sleep(_UNPLUGGED_S)
        wiring.put({other[end]: plug for end, plug in plugs.items()})

    await exchange()
    return exchange


def _end(site: LabSite, text: str) -> CableEnd:
    """Read a cable's label (its switch end is meant; the lower tier's where both are switches) or ``device:port``."""
    device, colon, port = text.partition(":")
    if colon:
        _machine(site, device)
        return CableEnd(device, port)
    cable = site.cables.get(text)
    if cable is None:
        raise WrongUse(Problem("No such cable", f"{text} is no cable's label", "name a label or DEVICE:PORT"))
    switches = site.blueprint.switches if site.blueprint else {}
    return cable.a if cable.a.device in switches else cable.b


def _hardware(change: Callable[[NamespaceMachine, str], dict[str, Any]]) -> Break:
    """Make a fault that changes what a machine consists of."""

    async def apply(site: LabSite, arguments: list[str]) -> Mend:
        machine = _machine(site, arguments[0])
        changed = change(machine, arguments[1])
        before = {name: getattr(machine.hardware, name) for name in changed}

        def set_all(values: dict[str, Any]) -> None:
            for name, value in values.items():
                setattr(machine.hardware, name, value)
            if machine.hardware.accelerators:
                machine.show_accelerators()

        async def mend() -> None:
            set_all(before)

        set_all(changed)
        return mend

    return apply


def _accelerators(machine: NamespaceMachine, count: str) -> dict[str, Accelerators]:
    if machine.hardware.accelerators is None:
        raise ValueError(f"{machine.name} has no accelerators")
    return {"accelerators": msgspec.structs.replace(machine.hardware.accelerators, count=int(count))}


async def _hang(site: LabSite, arguments: list[str]) -> Mend:
    machine = _machine(site, arguments[0])
    machine.hangs = True

    async def mend() -> None:
        machine.hangs = False

    return mend


async def _wrong_arch(site: LabSite, arguments: list[str]) -> Mend:
    machine = _machine(site, arguments[0])
    machine.boots_as = next(arch for arch in get_args(Arch) if arch != machine.hardware.arch)

    async def mend() -> None:
        machine.boots_as = None

    return mend


async def _host_key(site: LabSite, arguments: list[str]) -> Mend:
    machine = _machine(site, arguments[0])
    root = machine.folder / "flash" if machine.image else installation.root(machine.disk)
    key = root / "etc/ssh/ssh_host_ed25519_key"
    public = key.with_name(f"{key.name}.pub")
    before = key.read_bytes(), public.read_bytes()

    def reload() -> None:
        if machine.pid:
            machine.run(["/etc/init.d/ssh", "restart"])

    async def mend() -> None:
        for path, data in zip((key, public), before, strict=True):
            path.write_bytes(data)
        reload()

    key_pair(key, machine.name)
    reload()
    return mend


async def _disk_full(site: LabSite, arguments: list[str]) -> Mend:
    machine = _machine(site, arguments[0])
    if machine.power() == "on":
        raise RuntimeError("it takes effect when the machine is off")
    linux.mount("tmpfs", machine.disk, "tmpfs", 0, "size=16m")

    async def mend() -> None:
        linux.unmount(machine.disk)

    return mend


def _bmc(kind: Any) -> Break:
    """Make a fault of a BMC or PDU."""

    async def apply(site: LabSite, arguments: list[str]) -> Mend:
        name, service = arguments[0], site.redfish
        if service is None:
            raise RuntimeError("Redfish does not run")
        try:
            await service.fault(name, kind)
        except KeyError:
            raise WrongUse(Problem("No such controller", f"{name} has no BMC and is no PDU")) from None

        async def mend() -> None:
            await service.heal(name)

        return mend

    return apply


KINDS: dict[str, Kind] = {
    "sysctl": Kind("NODE KEY VALUE", "somebody sets a kernel parameter by hand", _sysctl),
    "route": Kind("SWITCH PREFIX VIA", "somebody adds a static route by hand", _route),
    "cable": Kind("END END", "two cables are swapped, or one moved; END is a label or DEVICE:PORT", _cable),
    "power-cap": Kind("NODE WATTS", "somebody caps a node at its BMC", _hardware(lambda _, w: {"power_cap_w": int(w)})),
    "serial": Kind("NODE TEXT", "another machine stands there", _hardware(lambda _, text: {"serial": text})),
    "gpu-count": Kind("NODE COUNT", "accelerators have fallen off the bus", _hardware(_accelerators)),
    "hang": Kind("NODE", "the machine never boots, from its next start on", _hang),
    "wrong-arch": Kind("NODE", "the machine boots as another architecture, from its next start on", _wrong_arch),
    "host-key": Kind("MACHINE", "the machine answers with another SSH host key", _host_key),
    "disk-full": Kind("NODE", "the disk has no room; the machine must be off", _disk_full),
    "bmc-dead": Kind("NODE-OR-PDU", "its controller does not answer", _bmc("dead")),
    "bmc-password": Kind("NODE-OR-PDU", "its controller has another password", _bmc("password")),
    "bmc-certificate": Kind("NODE-OR-PDU", "its controller's certificate is signed by a stranger", _bmc("certificate")),
    "bmc-slow": Kind("NODE-OR-PDU", "its controller answers 5 s late", _bmc("slow")),
}
