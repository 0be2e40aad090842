"""Fabrics: what each switch's ports are for, and what flows from it: cables, links, ASNs, loopbacks.

Nodes and what lies below fill a switch's ports from the first, its uplinks from the last.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from gigaworks.inventory.blueprint import Bmc, CableEnd, Port, Switch
from gigaworks.inventory.design.addresses import dotted
from gigaworks.inventory.design.attach import Endpoint, attach, leaf_groups
from gigaworks.inventory.design.cables import Cabling
from gigaworks.inventory.design.members import Member, members, planes
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.design.space import Placed, units_of
from gigaworks.inventory.design.topologies import TOPOLOGIES
from gigaworks.inventory.model.network import FabricNoun
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site


@dataclass
class FabricDesign:
    """What the design of one fabric found: its switches, and each NIC's own address and its leaf's."""

    switches: dict[str, Switch] = field(default_factory=dict)
    addresses: dict[str, tuple[str, str]] = field(default_factory=dict)


class _Links:
    """The addresses and ASNs of a fabric; where it has none, as InfiniBand, everything is None."""

    def __init__(
        self, fabric: FabricNoun, numbers: Numbers, name: str, links: list[str], switches: list[Member]
    ) -> None:
        self._first_asn = fabric.first_asn
        self.routed = fabric.routed
        self._base = int(fabric.links.network_address) if fabric.links and self.routed else 0
        self._index = numbers.give(f"link/{name}", links) if self.routed else {}
        self._loopbacks = int(fabric.loopbacks.network_address) if fabric.loopbacks and self.routed else 0
        self._loopback = numbers.give(f"loopback/{name}", [s.name for s in switches], 1) if self.routed else {}
        as_names = dict.fromkeys(map(_as_name, switches)) if self.routed else {}
        self._asn = numbers.give(f"asn/{name}", as_names)

    def ends(self, name: str) -> tuple[str, str] | tuple[None, None]:
        """Return both ends of a link's /31: the even one is the switch that lies higher (RFC 3021)."""
        if not self.routed:
            return None, None
        even = self._base + 2 * self._index[name]
        return dotted(even), dotted(even + 1)

    def asn(self, switch: Member) -> int | None:
        """Return the switch's AS."""
        return self._first_asn + self._asn[_as_name(switch)] if self.routed else None

    def loopback(self, switch: Member) -> str | None:
        """Return the switch's loopback."""
        return dotted(self._loopbacks + self._loopback[switch.name]) if self.routed else None


def _as_name(switch: Member) -> str:
    """Return whose AS a switch is in: its own, its group's spines', its plane's cores' (RFC 7938, section 5.2)."""
    if switch.tier == "leaf":
        return switch.name
    parts = [switch.tier, switch.group, f"plane {switch.plane}" if switch.plane > 1 else ""]
    return " ".join(part for part in parts if part)


def design_fabric(
    site: Site, numbers: Numbers, name: str, endpoints: list[Endpoint], management: dict[str, Bmc],
    placed: dict[str, Placed], cabling: Cabling,
) -> FabricDesign:  # fmt: skip
    """Return switches and addresses of one fabric; its cables are asked for in ``cabling``."""
    fabric = site.fabrics[name]
    switches = members(site, numbers, name)
    by_plane = planes(switches)
    trunks = [trunk for plane in by_plane.values() for trunk in TOPOLOGIES[fabric.topology](fabric, plane)]
    uplinks: dict[str, int] = defaultdict(int)
    for trunk in trunks:
        uplinks[trunk.lower.name] += 1
    leaves = attach(site, fabric, numbers, name, endpoints, leaf_groups(fabric, by_plane, uplinks))
    names, trunk_names = [endpoint.name for endpoint in endpoints], [trunk.name for trunk in trunks]
    links = _Links(fabric, numbers, name, [*names, *trunk_names], switches)
    asn = {switch.name: links.asn(switch) for switch in switches}
    ports: dict[str, list[tuple[int, Port]]] = {switch.name: [] for switch in switches}
    mtu, kind = fabric.port_mtu, fabric.kind
    peers = [(f"{trunk.upper.name} {trunk.number}", f"{trunk.lower.name} {trunk.number}") for trunk in trunks]
    first: dict[str, list[str]] = defaultdict(list)  # switch → what is plugged into its ports from the first
    last: dict[str, list[str]] = defaultdict(list)  # from the last
    for peer, leaf in zip(names, leaves, strict=True):
        first[leaf.name].append(peer)
    for trunk, (above, below) in zip(trunks, peers, strict=True):
        last[trunk.lower.name].append(above)
        (last if trunk.across else first)[trunk.upper.name].append(below)
    down = {switch: numbers.give(f"port/{switch}", wanted, 1) for switch, wanted in sorted(first.items())}
    up = {switch: numbers.give(f"uplink/{switch}", wanted, 1) for switch, wanted in sorted(last.items())}

    made = FabricDesign()
    for endpoint, peer, leaf in zip(endpoints, names, leaves, strict=True):
        number = down[leaf.name][peer]
        port = leaf.port(number)
        theirs, own = links.ends(peer)
        if own and theirs:
            made.addresses[peer] = own, theirs
        ports[leaf.name].append((number, Port(
            name=port, peer=peer, address=theirs and f"{theirs}/31", peer_address=own, mtu=mtu,
        )))  # fmt: skip
        ends = CableEnd(endpoint.node, endpoint.nic), CableEnd(leaf.name, port)
        cabling.add(peer, *ends, kind, endpoint.speed_mbit_s)
    for trunk, link, (above, below) in zip(trunks, trunk_names, peers, strict=True):
        lower, upper = trunk.lower, trunk.upper
        low_number = len(lower.ports) + 1 - up[lower.name][above]
        high_number = len(upper.ports) + 1 - up[upper.name][below] if trunk.across else down[upper.name][below]
        low_port, high_port = lower.port(low_number), upper.port(high_number)
        high, low = links.ends(link)
        ports[lower.name].append((low_number, Port(
            name=low_port, peer=f"{upper.name} {high_port}", address=low and f"{low}/31", peer_address=high,
            peer_asn=asn[upper.name], mtu=mtu,
        )))  # fmt: skip
        ports[upper.name].append((high_number, Port(
            name=high_port, peer=f"{lower.name} {low_port}", address=high and f"{high}/31", peer_address=low,
            peer_asn=asn[lower.name], mtu=mtu,
        )))  # fmt: skip
        ends = CableEnd(lower.name, low_port), CableEnd(upper.name, high_port)
        cabling.add(link, *ends, kind, lower.speed_mbit_s)
    for switch in switches:
        in_order = [port for _, port in sorted(ports[switch.name], key=lambda item: item[0])]
        made.switches[switch.name] = _switch(fabric, switch, links, management[switch.name], placed, in_order)
    return made


def _switch(
    fabric: FabricNoun, switch: Member, links: _Links, management: Bmc, placed: dict[str, Placed], ports: list[Port]
) -> Switch:
    here = placed[switch.name]
    return Switch(
        name=switch.name,
        hall=here.rack.partition("/")[0],
        rack=here.rack,
        tier=switch.standing.noun.tier,
        fabric=fabric.kind,
        plane=switch.plane,
        group=switch.group,
        device=here.device.ref,
        position=float(here.position),
        height=float(units_of(here.device)),
        draw_kw=here.device.draw_kw,
        platform=fabric.platform if links.routed else None,
        technology=fabric.technology,
        asn=links.asn(switch),
        loopback=links.loopback(switch),
        management=management,
        ports=ports,
        where=where(switch.standing.noun.at()),
    )
