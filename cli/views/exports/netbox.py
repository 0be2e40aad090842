"""NetBox's own bulk import: one CSV file for each kind of object, in the order in which they are to be imported.

The columns are those of the import forms of NetBox 4.5 to 4.7 (netbox/dcim/forms/bulk_import.py and
netbox/ipam/forms/bulk_import.py at 4.7.1). Addresses that become a device's primary or out-of-band address stand in
files of their own: a column ``is_primary`` makes NetBox set or clear the device's address with every row.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from gigaworks.cli.views.exports.netbox_power import power_feeds, power_panels
from gigaworks.cli.views.exports.table import Cell, table
from gigaworks.inventory.blueprint import Blueprint, DeviceModel, Node, Switch

_MEDIA = {"dac": "dac-passive", "aoc": "aoc", "smf": "smf", "mmf": "mmf"}
_STATUS = {"in service": "active", "expected": "planned", "failed": "failed", "quarantined": "failed"}
_COLOURS = {"node": "2196f3", "switch": "607d8b"}


def netbox(blueprint: Blueprint, states: Mapping[str, str]) -> dict[str, str]:
    """Return the files by name; ``states`` gives the state of each node, from which its status follows."""
    site = blueprint.site.name
    halls, racks = sorted(blueprint.halls), blueprint.racks.items()
    makers = {kind.manufacturer for kind in blueprint.device_types.values()}
    files: list[tuple[str, tuple[str, ...], Iterable[tuple[Cell, ...]]]] = [
        ("sites", ("name", "slug", "status"), [(site, slug(site), "active")]),
        ("locations", ("site", "name", "slug", "status"), [(site, hall, slug(hall), "active") for hall in halls]),
        ("manufacturers", ("name", "slug"), [(maker, slug(maker)) for maker in sorted(makers)]),
        ("device-roles", ("name", "slug", "color"), _roles(blueprint)),
        ("device-types", _TYPE, [_type(kind) for kind in blueprint.device_types.values()]),
        ("racks", _RACK, [_rack(blueprint, key) for key, _ in racks]),
        ("devices", _DEVICE, _devices(blueprint, states)),
        ("interfaces", ("device", "name", "type", "mtu", "mgmt_only", "description"), _interfaces(blueprint)),
        ("mac-addresses", ("mac_address", "device", "interface", "is_primary"), _macs(blueprint)),
        ("cables", _CABLE, _cables(blueprint)),
        ("prefixes", ("prefix", "status", "description"), _prefixes(blueprint)),
        ("ip-addresses", _ADDRESS, _addresses(blueprint, "other")),
        ("primary-addresses", (*_ADDRESS, "is_primary"), _addresses(blueprint, "primary")),
        ("oob-addresses", (*_ADDRESS, "is_oob"), _addresses(blueprint, "oob")),
        ("power-panels", *power_panels(blueprint)),
        ("power-feeds", *power_feeds(blueprint)),
    ]
    return {f"{number:02}-{name}.csv": table(head, rows) for number, (name, head, rows) in enumerate(files, 1)}


def slug(text: str) -> str:
    """Return what NetBox accepts as a slug."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _roles(blueprint: Blueprint) -> list[tuple[Cell, ...]]:
    roles = {(node.profile, _COLOURS["node"]) for node in blueprint.nodes.values()}
    roles |= {(_role(switch), _COLOURS["switch"]) for switch in blueprint.switches.values()}
    return [(name, slug(name), colour) for name, colour in sorted(roles)]


def _role(device: Node | Switch) -> str:
    return device.profile if isinstance(device, Node) else f"{device.fabric} {device.tier}"


_TYPE = ("manufacturer", "model", "slug", "u_height", "is_full_depth", "airflow", "weight", "weight_unit")


def _type(kind: DeviceModel) -> tuple[Cell, ...]:
    name = slug(f"{kind.manufacturer} {kind.model}")
    weight = (kind.weight_kg, "kg") if kind.weight_kg is not None else (None, "")
    return (kind.manufacturer, kind.model, name, kind.height, kind.full_depth, kind.airflow or "", *weight)


_RACK = (
    "site", "location", "name", "status", "width", "u_height", "outer_width", "outer_depth", "outer_unit",
    "max_weight", "weight_unit", "description",
)  # fmt: skip


def _rack(blueprint: Blueprint, key: str) -> tuple[Cell, ...]:
    rack = blueprint.racks[key]
    kind = blueprint.rack_types.get(rack.type)
    size = (kind.width_mm, kind.depth_mm, "mm") if kind and kind.width_mm and kind.depth_mm else (None, None, "")
    weight = (rack.max_kg, "kg") if rack.max_kg is not None else (None, "")
    told = f"{rack.type}, row {rack.row}, place {rack.slot}, {rack.height:g} {rack.unit}, at most {rack.max_kw:g} kW"
    width = 21 if rack.unit == "OU" else 19  # inches between the rails: Open Rack, EIA-310
    return (blueprint.site.name, rack.hall, rack.name, "active", width, rack.height, *size, *weight, told)


_DEVICE = (
    "name", "role", "manufacturer", "device_type", "serial", "status", "site", "location", "rack", "position", "face",
    "airflow", "description",
)  # fmt: skip


def _devices(blueprint: Blueprint, states: Mapping[str, str]) -> Iterator[tuple[Cell, ...]]:
    for device in _all(blueprint):
        kind = blueprint.device_types.get(device.device)
        rack = blueprint.racks[device.rack]
        node = isinstance(device, Node)
        status = _STATUS.get(states.get(device.name, "expected"), "staged") if node else "active"
        yield (
            device.name, _role(device), kind.manufacturer if kind else "", kind.model if kind else device.device,
            device.serial if isinstance(device, Node) else None, status, blueprint.site.name, rack.hall, rack.name,
            device.position or None, "front" if device.position else "", (kind.airflow if kind else None) or "",
            device.where,
        )  # fmt: skip


def _all(blueprint: Blueprint) -> list[Node | Switch]:
    return [*blueprint.nodes.values(), *blueprint.switches.values()]


def _interfaces(blueprint: Blueprint) -> Iterator[tuple[Cell, ...]]:
    for device in _all(blueprint):
        kind = blueprint.device_types.get(device.device)
        known = {**kind.management_ports, **kind.ports} if kind else {}
        management = _management(device, known, set(kind.management_ports) if kind else set())
        mtus = {nic.name: nic.mtu for nic in device.nics} if isinstance(device, Node) else {}
        if isinstance(device, Switch):
            mtus = {port.name: port.mtu for port in device.ports}
        for name in dict.fromkeys([*known, *mtus, *([management] if management else [])]):
            of = known.get(name) or known.get(re.sub(r"s\d+$", "", name)) or "other"  # a lane is of its port's type
            told = "out-of-band management" if name == management else ""
            yield (device.name, name, of, mtus.get(name), name == management, told)
        if isinstance(device, Switch) and device.loopback:
            yield (device.name, "lo", "virtual", None, False, "loopback")


def _management(device: Node | Switch, known: Mapping[str, str], dedicated: set[str]) -> str:
    """Return the interface of a device's controller, or of a switch's management; empty where it has none."""
    if isinstance(device, Node) and device.bmc is None:
        return ""
    return next((name for name in known if name in dedicated), "bmc" if isinstance(device, Node) else "mgmt0")


def _controller(blueprint: Blueprint, device: Node | Switch) -> str:
    kind = blueprint.device_types.get(device.device)
    ports = kind.management_ports if kind else {}
    return _management(device, ports, set(ports))


def _macs(blueprint: Blueprint) -> Iterator[tuple[Cell, ...]]:
    for device in _all(blueprint):
        bmc = device.bmc if isinstance(device, Node) else device.management
        if bmc and bmc.mac:
            yield (bmc.mac, device.name, _controller(blueprint, device), True)
        for nic in device.nics if isinstance(device, Node) else ():
            if nic.mac:
                yield (nic.mac, device.name, nic.name, True)


_CABLE = (
    "side_a_device", "side_a_type", "side_a_name", "side_b_device", "side_b_type", "side_b_name", "type", "status",
    "label", "length", "length_unit", "description",
)  # fmt: skip


def _cables(blueprint: Blueprint) -> Iterator[tuple[Cell, ...]]:
    for cable in blueprint.cables:
        yield (
            cable.a.device, "dcim.interface", cable.a.port, cable.b.device, "dcim.interface", cable.b.port,
            _MEDIA.get(cable.media, ""), "planned", cable.id, cable.length_m, "m", f"{cable.fabric} fabric",
        )  # fmt: skip


def _prefixes(blueprint: Blueprint) -> Iterator[tuple[Cell, ...]]:
    for network in blueprint.networks.values():
        vlan = f", VLAN {network.vlan}" if network.vlan else ""
        yield (network.prefix, "active", f"{network.name}, {network.kind}{vlan}")


_ADDRESS = ("address", "status", "device", "interface", "dns_name")


def _addresses(blueprint: Blueprint, wanted: str) -> Iterator[tuple[Cell, ...]]:
    """Yield the addresses that become a device's primary one, its out-of-band one, or neither."""
    for use, address, device, interface, name in _used(blueprint):
        if use == wanted:
            row = (address, "active", device, interface, f"{name}.{blueprint.site.domain}" if name else "")
            yield row if use == "other" else (*row, True)


def _used(blueprint: Blueprint) -> Iterator[tuple[str, str, str, str, str]]:
    """Yield use, address with its prefix length, device, interface and host name of every address."""
    oob = [network.prefix.rpartition("/")[2] for network in blueprint.networks.values() if network.kind == "oob"]
    length = oob[0] if oob else "32"
    for node in blueprint.nodes.values():
        if node.bmc:
            yield "oob", f"{node.bmc.address}/{length}", node.name, _controller(blueprint, node), node.bmc.name
        for number, nic in enumerate(node.nics):
            if nic.address:
                yield "other" if number else "primary", nic.address, node.name, nic.name, "" if number else node.name
    for switch in blueprint.switches.values():
        at = f"{switch.management.address}/{length}"
        yield "oob", at, switch.name, _controller(blueprint, switch), switch.management.name
        if switch.loopback:
            yield "primary", f"{switch.loopback.partition('/')[0]}/32", switch.name, "lo", ""
        for port in switch.ports:
            if port.address:
                yield "other", port.address, switch.name, port.name, ""
