"""What a controller says its machine consists of. Unknown stays None and is never read as zero.

Written against real trees (iLO 5 and 7, Cray EX, Supermicro X10 and GB300 NVL, DMTF's mock-ups): older versions,
missing keys, links that lead nowhere, placeholders and error bodies are ordinary.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

Body = dict[str, Any]
Read = Callable[[str], Body | None]  # URI → body, None where there is nothing

_PLACEHOLDERS = {"", "na", "n/a", "none", "null", "unknown", "not available", "not specified", "to be filled by o.e.m."}
_MAC = re.compile(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}")
_ACCELERATORS = {"GPU", "Accelerator"}


class Inventory(msgspec.Struct, frozen=True, kw_only=True):
    """A machine as its controller describes it.

    ``firmware`` has the keys bmc and bios where known; ``accelerators`` counts by model, ``{}`` is *certainly none*;
    ``silent_nics`` is how many interfaces do not tell their MAC address; ``power_cap_w`` is None both where none is set
    and where none can be set.
    """

    manufacturer: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: dict[str, str] = {}
    sockets: int | None = None
    cores: int | None = None
    memory_gib: float | None = None
    macs: list[str] | None = None
    silent_nics: int = 0
    accelerators: dict[str, int] | None = None
    power_cap_w: int | None = None


def read_inventory(read: Read, power_cap_w: int | None = None) -> Inventory:
    """Read the machine behind a controller.

    A controller may show several systems (a baseboard with the GPUs beside the host): identity is the host's, parts
    are those of all of them.
    """
    systems = all_systems(read)
    host = host_system(systems)
    processors = _parts(read, systems, "Processors")
    cpus = None if processors is None else [p for p in processors if p.get("ProcessorType", "CPU") == "CPU"]
    boards = _chassis(read, host)
    interfaces = _interfaces(read, systems)
    return Inventory(
        manufacturer=known(host.get("Manufacturer")) or _first(boards, "Manufacturer"),
        model=known(host.get("Model")) or _first(boards, "Model"),
        serial=known(host.get("SerialNumber")) or _first(boards, "SerialNumber"),
        firmware=_firmware(read, host),
        sockets=_sockets(cpus, systems),
        cores=_cores(cpus, systems),
        memory_gib=_memory_gib(read, systems),
        macs=sorted({mac for mac in interfaces if mac}) or None,
        silent_nics=interfaces.count(None),
        accelerators=None if processors is None else _accelerators(processors),
        power_cap_w=power_cap_w,
    )


def all_systems(read: Read) -> list[Body]:
    """Return every readable system: those of the collection, else those that the managers name."""
    root = read("/redfish/v1/") or {}
    listed = [system for system in members(read, uri_of(root.get("Systems")) or "/redfish/v1/Systems") if system]
    if listed:
        return listed
    managers = members(read, uri_of(root.get("Managers")) or "/redfish/v1/Managers")
    servers = [(manager or {}).get("Links", {}).get("ManagerForServers") or [] for manager in managers]
    named = [uri_of(server) for some in servers for server in some]
    return [system for system in (read(uri) for uri in named if uri) if system]


def host_system(systems: list[Body]) -> Body:
    """Return the system with a power button; a baseboard has none of its own. Empty where there is no system."""
    buttons = [system for system in systems if "#ComputerSystem.Reset" in (system.get("Actions") or {})]
    return next(iter([*buttons, *systems]), {})


def linked_chassis(read: Read, host: Body) -> list[str]:
    """Return the URIs of the chassis around the host: those it names, else those that name it, else the only one."""
    named = [uri_of(entry) for entry in (host.get("Links") or {}).get("Chassis") or []]
    if named:
        return [uri for uri in named if uri]
    root = read("/redfish/v1/") or {}
    every = [body for body in members(read, uri_of(root.get("Chassis")) or "/redfish/v1/Chassis") if body]
    own = _plain(host.get("@odata.id"))
    naming = [
        chassis
        for chassis in every
        if own in [_plain(uri_of(e)) for e in (chassis.get("Links") or {}).get("ComputerSystems") or []]
    ]
    chosen = naming or (every if len(every) == 1 else [])
    return [uri for uri in (chassis.get("@odata.id") for chassis in chosen) if uri]


def known(text: object) -> str | None:
    """Return a text without the space around it, or None for the placeholders that firmware is shipped with."""
    if not isinstance(text, str):
        return None
    bare = " ".join(text.split())
    return None if bare.lower() in _PLACEHOLDERS else bare


def uri_of(reference: object) -> str | None:
    """Return the URI of a reference, or None for what is none."""
    uri = reference.get("@odata.id") if isinstance(reference, dict) else None
    return uri if isinstance(uri, str) else None


def _plain(uri: object) -> str:
    return str(uri or "").rstrip("/").lower()  # iLO 5 mixes cases and slashes


def members(read: Read, uri: str | None) -> Iterator[Body | None]:
    """Yield every member of a collection over all its pages, None for one that cannot be read."""
    seen: set[str] = set()
    while uri and uri not in seen:
        seen.add(uri)
        page = read(uri) or {}
        for reference in page.get("Members") or []:
            link = uri_of(reference)
            whole = isinstance(reference, dict) and len(reference) > 1  # some controllers expand by themselves
            yield reference if whole else read(link) if link else None
        uri = page.get("Members@odata.nextLink") or page.get("@odata.nextLink")


def _present(part: Body) -> bool:
    return (part.get("Status") or {}).get("State") != "Absent"


def _parts(read: Read, systems: list[Body], key: str) -> list[Body] | None:
    """Return the present parts of all systems, or None where one cannot be read or no system lists any."""
    found: list[Body] = []
    listed = False
    for system in systems:
        uri = uri_of(system.get(key))
        if uri is None:
            continue
        for part in members(read, uri):
            listed = True
            if part is None:
                return None
            if _present(part):
                found.append(part)
    return found if listed else None


def _sockets(cpus: list[Body] | None, systems: list[Body]) -> int | None:
    if cpus is not None:
        return len(cpus) or None
    stated = _summary(systems, "ProcessorSummary", "Count")
    return None if stated is None else int(stated)


def _cores(cpus: list[Body] | None, systems: list[Body]) -> int | None:
    counts = [cpu.get("TotalCores") for cpu in cpus or []]
    whole = [count for count in counts if isinstance(count, int)]
    if counts and len(whole) == len(counts):
        return sum(whole)
    stated = _summary(systems, "ProcessorSummary", "CoreCount")
    return None if stated is None else int(stated)


def _summary(systems: list[Body], summary: str, key: str) -> float | None:
    """Return the sum of a figure over the systems that state it."""
    figures = [(system.get(summary) or {}).get(key) for system in systems]
    stated = [float(figure) for figure in figures if isinstance(figure, (int, float)) and figure > 0]
    return sum(stated) if stated else None


def _memory_gib(read: Read, systems: list[Body]) -> float | None:
    stated = _summary(systems, "MemorySummary", "TotalSystemMemoryGiB")
    if stated is not None:
        return stated
    modules = _parts(read, systems, "Memory")
    sizes = [module.get("CapacityMiB") for module in modules or []]
    whole = [size for size in sizes if isinstance(size, int)]
    return sum(whole) / 1024 if whole and len(whole) == len(sizes) else None


def _interfaces(read: Read, systems: list[Body]) -> list[str | None]:
    """Return the permanent MAC address of every interface of the systems, None where it is not told."""
    found: list[str | None] = []
    for system in systems:
        for interface in members(read, uri_of(system.get("EthernetInterfaces"))):
            told = [(interface or {}).get(key) for key in ("PermanentMACAddress", "MACAddress")]
            macs = [str(mac or "").lower().replace("-", ":") for mac in told]
            found.append(next((mac for mac in macs if _MAC.fullmatch(mac)), None))
    return found


def _accelerators(processors: list[Body]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for part in processors:
        if part.get("ProcessorType") in _ACCELERATORS:
            model, name = known(part.get("Model")), known(part.get("Name"))
            if name and not re.search("[A-Za-z]", model or ""):  # a part number says less than a name
                model = name
            counts[model or "unknown"] = counts.get(model or "unknown", 0) + 1
    return dict(sorted(counts.items()))


def _chassis(read: Read, host: Body) -> list[Body]:
    return [body for body in map(read, linked_chassis(read, host)) if body]


def _first(boards: list[Body], key: str) -> str | None:
    return next(filter(None, (known(board.get(key)) for board in boards)), None)


def _firmware(read: Read, host: Body) -> dict[str, str]:
    managers = [uri_of(entry) for entry in (host.get("Links") or {}).get("ManagedBy") or []]
    bodies = [body for body in (read(uri) for uri in managers if uri) if body]
    root = read("/redfish/v1/") or {}
    if not bodies:
        bodies = [body for body in members(read, uri_of(root.get("Managers"))) if body]
    bmc = _first(bodies, "FirmwareVersion")
    if bmc is None:  # Cray EX says it in the firmware list only
        update = read(uri_of(root.get("UpdateService")) or "/redfish/v1/UpdateService") or {}
        listed = [
            entry
            for entry in members(read, uri_of(update.get("FirmwareInventory")))
            if entry and str(entry.get("Id", "")).lower() == "bmc"
        ]
        bmc = _first(listed, "Version")
    found = {"bmc": bmc, "bios": known(host.get("BiosVersion"))}
    return {key: version for key, version in found.items() if version}
