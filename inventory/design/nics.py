"""A node's network interfaces: which fabric or network each belongs to, and its addresses there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

from gigaworks.inventory.blueprint import FabricKind, Nic
from gigaworks.inventory.design.addresses import beside, mac
from gigaworks.inventory.design.attach import Endpoint
from gigaworks.inventory.design.links import NO_LINK, Link
from gigaworks.inventory.design.space import Placed
from gigaworks.inventory.model.network import FabricNoun
from gigaworks.inventory.model.resolved import Site


def endpoints(site: Site, placed: Mapping[str, Placed]) -> dict[str, list[Endpoint]]:
    """Return the NICs that belong to each fabric, each node's in their order."""
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for name in site.nodes:
        device, rack, joins = placed[name].device, placed[name].rack, site.joins[name]
        number: dict[str, int] = defaultdict(int)
        for nic, kind in device.nics.items():
            if kind in joins:
                end = Endpoint(name, nic, number[kind], device.speeds[nic], device.forms[nic], rack)
                found[joins[kind]].append(end)
                number[kind] += 1
    return found


class Nics:
    """The NICs of nodes; what is alike for all nodes of a device type in the same fabrics is worked out once."""

    def __init__(self, site: Site, mgmt: Mapping[str, str], links: Mapping[str, Link]) -> None:
        self._site, self._mgmt, self._links = site, mgmt, links
        self._slots: dict[tuple[str, tuple[tuple[str, str], ...]], list[_Slot]] = {}

    def of(self, placed: Placed) -> list[Nic]:
        """Return a node's NICs, the one that boots first."""
        site, node = self._site, placed.name
        joins = site.joins[node]
        key = placed.device.ref, tuple(joins.items())
        if key not in self._slots:
            self._slots[key] = _slots(site, placed, joins)
        made: list[Nic] = []
        for name, kind, speed, fabric, rail, plane in self._slots[key]:
            known = mac(site, node, name)
            if fabric is not None:
                theirs, own, theirs6, own6 = self._links.get(f"{node} {name}", NO_LINK)
                made.append(Nic(
                    name=name, mac=known, fabric=kind, address=own and f"{own}/31", gateway=theirs, mtu=fabric.nic_mtu,
                    rail=rail, plane=plane, speed_mbit_s=speed, address6=own6 and f"{own6}/127", gateway6=theirs6,
                ))  # fmt: skip
            elif kind == "mgmt" and not made:
                made.append(_booting(site, name, known, self._mgmt[node], speed))
            else:
                mtu = site.networks[site.boot.network].mtu
                made.append(Nic(
                    name=name, mac=known, fabric=kind, address=None, gateway=None, mtu=mtu, speed_mbit_s=speed
                ))  # fmt: skip
        return made


class _Slot(NamedTuple):
    """A NIC of a device type: its fabric, rail and plane where it joins one."""

    name: str
    kind: FabricKind
    speed_mbit_s: int | None
    fabric: FabricNoun | None
    rail: int | None = None
    plane: int | None = None


def _slots(site: Site, placed: Placed, joins: Mapping[str, str]) -> list[_Slot]:
    number: dict[str, int] = defaultdict(int)
    found = []
    for name, kind in sorted(placed.device.nics.items(), key=lambda item: item[1] != "mgmt"):
        speed = placed.device.speeds[name]
        if kind in joins:
            fabric = site.fabrics[joins[kind]]
            rail, plane = divmod(number[kind], fabric.planes)
            number[kind] += 1
            found.append(_Slot(name, kind, speed, fabric, rail, plane + 1))
        else:
            found.append(_Slot(name, kind, speed, None))
    return found


def _booting(site: Site, name: str, known_mac: str, address: str, speed: int | None) -> Nic:
    network = site.networks[site.boot.network]
    address6 = beside(network, address)
    return Nic(
        name=name, mac=known_mac, fabric="mgmt", address=f"{address}/{network.prefix.prefixlen}", mtu=network.mtu,
        gateway=str(network.gateway) if network.gateway else None, speed_mbit_s=speed,
        address6=f"{address6}/{network.prefix6.prefixlen}" if network.prefix6 and address6 else None,
        gateway6=str(network.gateway6) if network.gateway6 else None,
    )  # fmt: skip
