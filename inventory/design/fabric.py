"""Fabrics: which node's NIC meets which leaf's port, which leaf meets which spine, and what flows from it.

Rail k of every node of a group goes to the leaf of rail k (law NET-4); a group has as many leaves as there are
rails. Nodes with fewer NICs than rails, such as storage servers, are spread evenly over the leaves of their group.
Nodes fill a leaf's ports from the first, uplinks from the last.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from gigaworks.inventory.blueprint import Bmc, Cable, CableEnd, Port, Switch
from gigaworks.inventory.design.addresses import link
from gigaworks.inventory.design.cables import Cabling
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.design.space import Placed, units_of
from gigaworks.inventory.model.network import FabricNoun, SwitchNoun
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site, Standing
from gigaworks.inventory.ranges import natural


@dataclass(frozen=True)
class Endpoint:
    """A node's NIC that belongs to a fabric."""

    node: str
    nic: str
    rail: int
    speed_mbit_s: int | None

    @property
    def name(self) -> str:
        """The name under which its link keeps its numbers."""
        return f"{self.node} {self.nic}"


@dataclass
class FabricDesign:
    """What the design of one fabric found."""

    switches: dict[str, Switch] = field(default_factory=dict)
    cables: list[Cable] = field(default_factory=list)
    addresses: dict[str, tuple[IPv4Address, IPv4Address]] = field(default_factory=dict)  # NIC → own, leaf's


def ports_of(site: Site, noun: SwitchNoun) -> list[str]:
    """Return the names of a switch's ports after breakout, management ports left out."""
    device = site.catalogue.device(noun.device)
    names = [i.name for i in device.type.interfaces if not i.mgmt_only] if device else []
    if noun.breakout == 1:
        return names
    return [f"{name}s{lane}" for name in names for lane in range(noun.breakout)]


def uplinks_of(fabric: FabricNoun, radix: int, spines: int) -> int:
    """Return the uplinks of a leaf: as declared, else half of its ports, spread evenly over the spines."""
    if not spines:
        return 0
    return fabric.uplinks or max(radix // 2 // spines * spines, spines)


def design_fabric(
    site: Site, numbers: Numbers, name: str, endpoints: list[Endpoint], management: dict[str, Bmc],
    placed: dict[str, Placed], cabling: Cabling,
) -> FabricDesign:  # fmt: skip
    """Return switches, cables and addresses of one fabric."""
    fabric = site.fabrics[name]
    ours = [s for s in site.switches.values() if s.within == name]
    order = numbers.give(f"leaf/{name}", [s.name for s in ours if s.noun.tier == "leaf"])
    leaves = sorted((s for s in ours if s.noun.tier == "leaf"), key=lambda s: order[s.name])
    spines = sorted((s for s in ours if s.noun.tier == "spine"), key=lambda s: natural(s.name))
    names = {s.name: ports_of(site, s.noun) for s in ours}
    made = FabricDesign()
    asn = numbers.give(f"asn/{name}", [*(s.name for s in leaves), *(["spine"] if spines else [])])
    loopback = numbers.give(f"loopback/{name}", [s.name for s in ours], 1)
    trunks = [
        (leaf.name, spines[k % len(spines)].name, k // len(spines))
        for leaf in leaves
        for k in range(uplinks_of(fabric, len(names[leaf.name]), len(spines)))
    ]
    counts = {switch: len(ports) for switch, ports in names.items()}
    attached = _attach(fabric, numbers, name, endpoints, leaves, len(spines), counts)
    index = numbers.give(f"link/{name}", [*(e.name for e in endpoints), *(f"{a} {b} {n}" for a, b, n in trunks)])
    ports: dict[str, list[tuple[int, Port]]] = defaultdict(list)

    down = _ports(numbers, [(leaf, e.name) for e, leaf in attached.items()])
    for endpoint, leaf in attached.items():
        number = down[leaf, endpoint.name]
        port = port_name(names[leaf], number)
        theirs, own = link(fabric.links, index[endpoint.name])
        made.addresses[endpoint.name] = own, theirs
        ports[leaf].append((number, Port(
            name=port, peer=endpoint.name, address=f"{theirs}/31", peer_address=str(own), mtu=fabric.mtu,
        )))  # fmt: skip
        cabling.add(
            endpoint.name,
            CableEnd(endpoint.node, endpoint.nic),
            CableEnd(leaf, port),
            fabric.kind,
            endpoint.speed_mbit_s,
        )

    up = _ports(numbers, [(a, f"{b} {n}") for a, b, n in trunks], pool="uplink")
    across = _ports(numbers, [(b, f"{a} {n}") for a, b, n in trunks])
    for a, b, n in trunks:
        above, below = link(fabric.links, index[f"{a} {b} {n}"])
        leaf_number, spine_number = counts[a] + 1 - up[a, f"{b} {n}"], across[b, f"{a} {n}"]
        leaf_port, spine_port = port_name(names[a], leaf_number), port_name(names[b], spine_number)
        ports[a].append((leaf_number, Port(
            name=leaf_port, peer=f"{b} {spine_port}", address=f"{below}/31", peer_address=str(above),
            peer_asn=fabric.first_asn + asn["spine"], mtu=fabric.mtu,
        )))  # fmt: skip
        ports[b].append((spine_number, Port(
            name=spine_port, peer=f"{a} {leaf_port}", address=f"{above}/31", peer_address=str(below),
            peer_asn=fabric.first_asn + asn[a], mtu=fabric.mtu,
        )))  # fmt: skip
        cabling.add(f"{a} {b} {n}", CableEnd(a, leaf_port), CableEnd(b, spine_port), fabric.kind, _speed(site, a))

    for switch in ours:
        made.switches[switch.name] = Switch(
            name=switch.name,
            hall=placed[switch.name].rack.partition("/")[0],
            rack=placed[switch.name].rack,
            tier=switch.noun.tier,
            fabric=fabric.kind,
            device=placed[switch.name].device.ref,
            position=float(placed[switch.name].position),
            height=float(units_of(placed[switch.name].device)),
            draw_kw=placed[switch.name].device.draw_kw,
            platform=fabric.platform,
            asn=fabric.first_asn + asn["spine" if switch.noun.tier == "spine" else switch.name],
            loopback=str(fabric.loopbacks.network_address + loopback[switch.name]),
            management=management[switch.name],
            ports=[port for _, port in sorted(ports[switch.name], key=lambda item: item[0])],
            where=where(switch.noun.at()),
        )
    return made


def port_name(names: list[str], number: int) -> str:
    """Return the name of port ``number``, counted from 1; one past the last has a name that law NET-5 refuses."""
    return names[number - 1] if 1 <= number <= len(names) else f"missing{number}"


def _attach(
    fabric: FabricNoun, numbers: Numbers, name: str, endpoints: list[Endpoint], leaves: list[Standing[SwitchNoun]],
    spines: int, ports: dict[str, int],
) -> dict[Endpoint, str]:  # fmt: skip
    """Return the leaf of each endpoint.

    A node keeps its group of leaves; a new one takes the first with room. A node with fewer NICs than there are
    rails keeps the rail it began with; a new one begins where most ports are free.
    """
    rails = min(fabric.rails, len(leaves))
    groups = [leaves[n : n + rails] for n in range(0, len(leaves) - rails + 1, rails)]
    room = [[ports[leaf.name] - uplinks_of(fabric, ports[leaf.name], spines) for leaf in group] for group in groups]
    nics: dict[str, list[int]] = defaultdict(list)
    for endpoint in endpoints:
        nics[endpoint.node].append(endpoint.rail)
    group_before, rail_before = numbers.kept(f"group/{name}"), numbers.kept(f"rail/{name}")
    chosen: dict[str, tuple[int, int]] = {}  # node → group of leaves, first rail
    kept = [node for node in nics if group_before.get(node, len(groups)) < len(groups)]
    for node in [*kept, *sorted(nics.keys() - kept, key=natural)]:
        spread = len(nics[node]) < rails
        if node in group_before and group_before[node] < len(groups):
            group, offset = group_before[node], rail_before.get(node, 0) % rails if spread else 0
        else:
            group, offset = _free(room, nics[node], rails, spread)
        chosen[node] = group, offset
        for rail in nics[node]:
            room[group][(rail + offset) % rails] -= 1
    numbers.record(f"group/{name}", {node: group for node, (group, _) in chosen.items()})
    numbers.record(f"rail/{name}", {node: offset for node, (_, offset) in chosen.items()})
    return {e: groups[chosen[e.node][0]][(e.rail + chosen[e.node][1]) % rails].name for e in endpoints}


def _free(room: list[list[int]], nics: list[int], rails: int, spread: bool) -> tuple[int, int]:
    """Return the first group with a free port for every NIC and the rail to begin with; the last group if none has."""
    for group, free in enumerate(room):
        offsets = [o for o in range(rails if spread else 1) if all(free[(rail + o) % rails] > 0 for rail in nics)]
        if offsets:
            return group, max(offsets, key=lambda o: (free[o], -o))
    return len(room) - 1, 0


def _ports(numbers: Numbers, wanted: list[tuple[str, str]], pool: str = "port") -> dict[tuple[str, str], int]:
    names: dict[str, list[str]] = defaultdict(list)
    for switch, peer in wanted:
        names[switch].append(peer)
    return {
        (switch, peer): number
        for switch, peers in sorted(names.items())
        for peer, number in numbers.give(f"{pool}/{switch}", peers, 1).items()
    }


def _speed(site: Site, switch: str) -> int | None:
    device = site.catalogue.device(site.switches[switch].noun.device)
    first = next((i for i in device.type.interfaces if not i.mgmt_only), None) if device else None
    return first.speed_mbit_s if first else None
