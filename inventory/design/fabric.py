"""Fabrics and switched networks: what each switch's ports are for, and what flows from it.

What lies below fills a switch's ports from the first, its uplinks from the last.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from gigaworks.inventory.blueprint import Bmc, CableEnd, Port, Switch
from gigaworks.inventory.design.attach import Endpoint, attach, in_order, leaf_groups
from gigaworks.inventory.design.cables import Cabling, Plug, Run
from gigaworks.inventory.design.links import Link, Links
from gigaworks.inventory.design.members import Member, Trunk, members, planes
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.design.space import Placed, units_of
from gigaworks.inventory.design.topologies import TOPOLOGIES
from gigaworks.inventory.model.network import FabricNoun, Switched
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site


@dataclass
class FabricDesign:
    """What the design of one fabric found: its switches, and the link of each NIC by the name of its endpoint."""

    switches: dict[str, Switch] = field(default_factory=dict)
    links: dict[str, Link] = field(default_factory=dict)


def design_fabric(
    site: Site, numbers: Numbers, name: str, endpoints: list[Endpoint], management: Mapping[str, Bmc],
    placed: Mapping[str, Placed], cabling: Cabling,
) -> FabricDesign:  # fmt: skip
    """Return switches and links of one fabric or switched network; its cables are asked for in ``cabling``."""
    noun: Switched = site.fabrics[name] if name in site.fabrics else site.networks[name]
    switches = members(site, numbers, name)
    by_plane = planes(switches, numbers.give(f"place/{name}", {switch.group for switch in switches if switch.group}))
    trunks = [trunk for plane in by_plane.values() for trunk in TOPOLOGIES[noun.topology](noun, plane)]
    uplinks: dict[str, int] = defaultdict(int)
    for trunk in trunks:
        uplinks[trunk.lower.name] += 1
    endpoints = in_order(endpoints)
    leaves = attach(site, noun, numbers, name, endpoints, leaf_groups(noun, by_plane, uplinks))
    hosts = [endpoint.name for endpoint in endpoints]
    names = [f"{t.lower.name} {t.upper.name} {t.number}" for t in trunks]
    links = Links(noun, numbers, name)
    to_hosts, between = links.of(hosts, names)
    wiring = _Wiring(noun, numbers, cabling, switches, links.asns(switches))
    wiring.number(hosts, leaves, trunks)
    for endpoint, host, leaf, link in zip(endpoints, hosts, leaves, to_hosts, strict=True):
        wiring.host(endpoint, host, leaf, link)
    for trunk, cable, link in zip(trunks, names, between, strict=True):
        wiring.trunk(trunk, cable, link)
    loopbacks = links.loopbacks(switches)
    made = FabricDesign(links=dict(zip(hosts, to_hosts, strict=True)))
    for switch in switches:
        here = placed[switch.name]
        loopback, loopback6 = loopbacks.get(switch.name, (None, None))
        made.switches[switch.name] = Switch(
            name=switch.name,
            hall=here.rack.partition("/")[0],
            rack=here.rack,
            tier=switch.tier,
            fabric=noun.kind,
            plane=switch.plane,
            group=switch.group,
            device=here.device.ref,
            position=float(here.position),
            height=float(units_of(here.device)),
            draw_kw=here.device.draw_kw,
            technology=noun.technology,
            platform=noun.platform if isinstance(noun, FabricNoun) and noun.routed else None,
            asn=wiring.asns.get(switch.name),
            loopback=loopback,
            loopback6=loopback6,
            management=management[switch.name],
            ports=wiring.ports(switch),
            where=where(switch.noun.at()),
        )
    return made


class _Wiring:
    """Gives ports their numbers and enters each cable at both of its ends."""

    def __init__(
        self, noun: Switched, numbers: Numbers, cabling: Cabling, switches: list[Member], asns: dict[str, int]
    ) -> None:
        self.asns = asns
        self._kind, self._media, self._mtu = noun.kind, noun.media, noun.port_mtu
        self._numbers = numbers
        self._cabling = cabling
        self._ports: dict[str, list[tuple[int, Port]]] = {switch.name: [] for switch in switches}
        self._down: dict[str, dict[str, int]] = {}
        self._up: dict[str, dict[str, int]] = {}
        self._runs: dict[tuple[int | None, Plug, Plug], Run] = {}

    def number(self, hosts: list[str], leaves: list[Member], trunks: list[Trunk]) -> None:
        """Give every port that will be used its number."""
        down: dict[str, list[str]] = defaultdict(list)
        up: dict[str, list[str]] = defaultdict(list)
        for host, leaf in zip(hosts, leaves, strict=True):
            down[leaf.name].append(host)
        for lower, upper, number, across in trunks:
            up[lower.name].append(f"{upper.name} {number}")
            (up if across else down)[upper.name].append(f"{lower.name} {number}")
        give = self._numbers.give
        self._down = {name: give(f"port/{name}", peers, 1, in_order=True) for name, peers in sorted(down.items())}
        self._up = {name: give(f"uplink/{name}", peers, 1, in_order=True) for name, peers in sorted(up.items())}

    def host(self, endpoint: Endpoint, name: str, leaf: Member, link: Link) -> None:
        """Enter the cable of an endpoint."""
        number = self._down[leaf.name][name]
        port = leaf.port(number)
        upper, lower, upper6, lower6 = link
        self._ports[leaf.name].append((number, Port(
            name=port.name, peer=name, address=upper and f"{upper}/31", peer_address=lower, mtu=self._mtu,
            address6=upper6 and f"{upper6}/127", peer_address6=lower6,
        )))  # fmt: skip
        run = self._run(endpoint.speed_mbit_s, Plug(endpoint.form), port.plug)
        self._cabling.add(name, CableEnd(endpoint.node, endpoint.nic), CableEnd(leaf.name, port.name), run)

    def trunk(self, trunk: Trunk, name: str, link: Link) -> None:
        """Enter the cable between two switches."""
        below, above, number, across = trunk
        low = self._uplink(below, f"{above.name} {number}")
        peer = f"{below.name} {number}"
        high = self._uplink(above, peer) if across else self._down[above.name][peer]
        low_port, high_port = below.port(low), above.port(high)
        upper, lower, upper6, lower6 = link
        self._ports[below.name].append((low, Port(
            name=low_port.name, peer=f"{above.name} {high_port.name}", address=lower and f"{lower}/31",
            peer_address=upper, peer_asn=self.asns.get(above.name), mtu=self._mtu,
            address6=lower6 and f"{lower6}/127", peer_address6=upper6,
        )))  # fmt: skip
        self._ports[above.name].append((high, Port(
            name=high_port.name, peer=f"{below.name} {low_port.name}", address=upper and f"{upper}/31",
            peer_address=lower, peer_asn=self.asns.get(below.name), mtu=self._mtu,
            address6=upper6 and f"{upper6}/127", peer_address6=lower6,
        )))  # fmt: skip
        run = self._run(low_port.speed_mbit_s, low_port.plug, high_port.plug)
        self._cabling.add(name, CableEnd(below.name, low_port.name), CableEnd(above.name, high_port.name), run)

    def ports(self, switch: Member) -> list[Port]:
        """Return the used ports of a switch in their order."""
        return [port for _, port in sorted(self._ports[switch.name], key=lambda item: item[0])]

    def _uplink(self, switch: Member, peer: str) -> int:
        return len(switch.ports) + 1 - self._up[switch.name][peer]

    def _run(self, speed: int | None, a: Plug, b: Plug) -> Run:
        key = speed, a, b
        if key not in self._runs:
            self._runs[key] = Run(self._kind, speed, a, b, self._media)
        return self._runs[key]
