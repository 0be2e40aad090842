"""Networks: fabric size, ports, speeds, prefixes, ASNs, VLANs, MTUs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from gigaworks.inventory.blueprint import Switch
from gigaworks.inventory.design.fabric import ports_of
from gigaworks.inventory.laws.law import Case, count, finding, law
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.problem import Place, Problem

HEADROOM = 0.2  # of a prefix stays free
PRIVATE_ASNS = range(4_200_000_000, 4_294_967_295)  # RFC 6996


def spines_needed(leaves: int, uplinks: int, radix: int) -> int | None:
    """Return the smallest divisor of ``uplinks`` that is ≥ ceil(leaves · uplinks / radix); None where there is none."""
    least = math.ceil(leaves * uplinks / radix)
    return next((n for n in range(max(least, 1), uplinks + 1) if uplinks % n == 0), None)


def _fabric(case: Case, name: str, tier: str) -> list[Switch]:
    members = [s.name for s in case.site.switches.values() if s.within == name and s.noun.tier == tier]
    return [case.blueprint.switches[n] for n in sorted(members)]


def _uplinks(switch: Switch) -> int:
    return sum(port.peer_asn is not None for port in switch.ports)


@law("NET-1", "leaves spread their uplinks evenly over enough spines")
def two_tier_size(case: Case) -> Iterator[Problem]:
    """Two tiers, E endpoints, radix r, d ports down and u up: leaf = ceil(E/d); spine = the smallest divisor of u that
    is ≥ ceil(leaf · u / r), so that each leaf spreads its uplinks evenly.

    SuperPOD H100, 32 nodes an SU, radix 64: SU 1 to 4 have 8/16/24/32 leaves and 4/8/16/16 spines.
    """
    for name, fabric in case.site.fabrics.items():
        leaves, spines = _fabric(case, name, "leaf"), _fabric(case, name, "spine")
        if not leaves or not spines:
            continue
        uplinks = _uplinks(leaves[0])
        radix = min(len(ports_of(case.site, case.site.switches[s.name].noun)) for s in spines)
        need = spines_needed(len(leaves), uplinks, radix)
        if need is None or need > len(spines):
            wanted = f"{need} spines" if need else f"more than {uplinks} spines"
            detail = f"{len(leaves)} leaves with {uplinks} uplinks need {wanted} of {radix} ports; it has {len(spines)}"
            fix = f"`spine-[1-{need}]`" if need else "fewer uplinks, or switches with more ports"
            yield finding("NET-1", f"fabric/{name}", "has too few spines", detail, fix, fabric.at("switches"))
        elif uplinks % len(spines):
            detail = f"{uplinks} uplinks do not spread evenly over {len(spines)} spines"
            fix = f"`uplinks: {math.ceil(uplinks / len(spines)) * len(spines)}`"
            yield finding("NET-1", f"fabric/{name}", "has uneven uplinks", detail, fix, fabric.at("uplinks"))


@law("NET-2", "no more endpoints than the switches can join without blocking")
def non_blocking_size(case: Case) -> Iterator[Problem]:
    """A non-blocking two-tier fabric of radix r joins at most r²/2 endpoints, a three-tier one r³/4.

    r = 64: 2,048 and 65,536; r = 128: 8,192 and 524,288. Judged where the fabric is declared 1:1.
    """
    for name, fabric in case.site.fabrics.items():
        leaves = _fabric(case, name, "leaf")
        if not leaves or fabric.oversubscription > 1:
            continue
        radix = min(len(ports_of(case.site, case.site.switches[s.name].noun)) for s in leaves)
        ends = sum(port.peer_asn is None for leaf in leaves for port in leaf.ports)
        if ends > radix**2 // 2:
            detail = f"{ends:,} endpoints; two tiers of radix {radix} join {radix**2 // 2:,} at 1:1"
            fix = "switches of a larger radix, several planes, three tiers, or a declared `oversubscription`"
            yield finding("NET-2", f"fabric/{name}", "is too large for two tiers", detail, fix, fabric.at("switches"))


@law("NET-3", "no leaf is oversubscribed more than declared")
def oversubscription(case: Case) -> Iterator[Problem]:
    """Σ speed of a leaf's ports to nodes / Σ speed of its uplinks ≤ the declared oversubscription, 1.0 by default."""
    speed = {cable.a: cable.speed_mbit_s or 0 for cable in case.blueprint.cables}
    speed |= {cable.b: cable.speed_mbit_s or 0 for cable in case.blueprint.cables}
    by_port = {(end.device, end.port): mbit for end, mbit in speed.items()}
    for name, fabric in case.site.fabrics.items():
        for leaf in _fabric(case, name, "leaf"):
            down = sum(by_port.get((leaf.name, p.name), 0) for p in leaf.ports if p.peer_asn is None)
            up = sum(by_port.get((leaf.name, p.name), 0) for p in leaf.ports if p.peer_asn is not None)
            if up and down / up > fabric.oversubscription:
                declared = f"declared {fabric.oversubscription:g}:1"
                detail = f"{_gbit(down)} down, {_gbit(up)} up: {down / up:.2f}:1; {declared}"
                fix = f"more uplinks, fewer nodes, or `oversubscription: {math.ceil(down / up)}`"
                where = fabric.at("oversubscription")
                yield finding("NET-3", f"switch/{leaf.name}", "is oversubscribed", detail, fix, where)


@law("NET-4", "each rail has its leaf")
def rails_have_leaves(case: Case) -> Iterator[Problem]:
    """NIC k of every node of a scalable unit goes to the leaf of rail k: the leaves come in groups of one a rail."""
    for name, fabric in case.site.fabrics.items():
        leaves = _fabric(case, name, "leaf")
        if leaves and len(leaves) % fabric.rails:
            detail = f"{len(leaves)} leaves and {fabric.rails} rails"
            fix = f"{math.ceil(len(leaves) / fabric.rails) * fabric.rails} leaves, or other `rails`"
            yield finding("NET-4", f"fabric/{name}", "has rails without a leaf", detail, fix, fabric.at("rails"))


@law("NET-5", "switches have the ports that are used")
def ports_suffice(case: Case) -> Iterator[Problem]:
    """Ports used, after breakout, ≤ the platform's ports. SN5600: 64 OSFP."""
    for name, switch in case.blueprint.switches.items():
        noun = case.site.switches[name].noun
        have, used = len(ports_of(case.site, noun)), len(switch.ports)
        names = [port.name for port in switch.ports]
        if used > have or len(set(names)) < used or any(n.startswith("missing") for n in names):
            detail = f"needs {used} ports, {noun.device} has {have}"
            fix = "one more leaf for each rail, fewer uplinks, a `breakout`, or a device with more ports"
            yield finding("NET-5", f"switch/{name}", "has too few ports", detail, fix, noun.at("device"))


@law("NET-6", "both ends of a cable have one speed")
def ends_agree(case: Case) -> Iterator[Problem]:
    """A cable's two ports have the same nominal speed, where both device types tell theirs."""
    for cable in case.blueprint.cables:
        ends = [(_ref(case, end.device), _port_speed(case, end.device, end.port)) for end in (cable.a, cable.b)]
        (here, one), (there, other) = ends
        if one and other and one != other:
            detail = f"{here} has {_gbit(one)}, {there} has {_gbit(other)}"
            where = _noun(case, cable.a.device).at("device")
            fix = "a device or switch of the same port speed, or a `breakout`"
            yield finding("NET-6", f"cable/{cable.id}", "joins two speeds", detail, fix, where)


def _noun(case: Case, device: str) -> Noun:
    return case.site.nodes[device].noun if device in case.site.nodes else case.site.switches[device].noun


def _ref(case: Case, device: str) -> str:
    return case.site.nodes[device].noun.device if device in case.site.nodes else case.site.switches[device].noun.device


def _port_speed(case: Case, device: str, port: str) -> int | None:
    kind = case.site.catalogue.device(_ref(case, device))
    lanes = 1 if device in case.site.nodes else case.site.switches[device].noun.breakout
    base = port if lanes == 1 else port.rpartition("s")[0]
    speed = kind.speeds.get(base) if kind else None
    return speed // lanes if speed else None


def _gbit(mbit: int) -> str:
    return f"{mbit / 1000:g} Gbit/s"


@law("NET-8", "prefixes do not overlap and have room")
def prefixes_hold(case: Case) -> Iterator[Problem]:
    """Prefixes of one VRF do not overlap; gateways lie inside; at least 20 % of each prefix stays free."""
    prefixes = _prefixes(case)
    for n, (name, vrf, prefix, place, _) in enumerate(prefixes):
        for other, other_vrf, other_prefix, other_place, _ in prefixes[:n]:
            if vrf == other_vrf and prefix.overlaps(other_prefix):
                detail = f"{prefix} overlaps {other_prefix} of {other} ({other_place.file}:{other_place.line})"
                fix = "a prefix of its own, or another `vrf`"
                yield finding("NET-8", f"network/{name}", "overlaps another prefix", detail, fix, place)
    for name, network in case.site.networks.items():
        if network.gateway is not None and network.gateway not in network.prefix:
            detail = f"{network.gateway} is not in {network.prefix}"
            fix = f"`gateway: {network.prefix.network_address + 1}`"
            yield finding("NET-8", f"network/{name}", "has its gateway outside", detail, fix, network.at("gateway"))
    for name, _, prefix, place, used in prefixes:
        if used > prefix.num_addresses:
            detail = f"{used:,} addresses needed, {prefix} has {prefix.num_addresses:,}"
            yield finding("NET-8", f"network/{name}", "has too few addresses", detail, _larger(prefix, used), place)
        elif used > prefix.num_addresses * (1 - HEADROOM):
            detail = f"{used:,} of {prefix.num_addresses:,} addresses used: less than {HEADROOM:.0%} are left"
            yield finding(
                "NET-8", f"network/{name}", "has little room left", detail, _larger(prefix, used), place, "warning"
            )


def _prefixes(case: Case) -> list[tuple[str, str, IPv4Network, Place, int]]:
    """Return name, VRF, prefix, place and used addresses (the highest index and the reserved ones) of each prefix."""
    found = []
    for name, network in case.site.networks.items():
        used = [int(IPv4Address(a)) - int(network.prefix.network_address) + 2 for a in addresses_of(case, network.kind)]
        found.append((name, network.vrf, network.prefix, network.at("prefix"), max(used, default=2)))
    for name, fabric in case.site.fabrics.items():
        switches = [*_fabric(case, name, "leaf"), *_fabric(case, name, "spine")]
        first = int(fabric.links.network_address)
        ends = [int(IPv4Interface(p.address).ip) - first + 1 for s in switches for p in s.ports if p.address]
        found.append((name, fabric.vrf, fabric.links, fabric.at("links"), max(ends, default=0)))
        loops = [int(IPv4Address(s.loopback)) - int(fabric.loopbacks.network_address) + 1 for s in switches]
        found.append((f"{name}-loopbacks", fabric.vrf, fabric.loopbacks, fabric.at("loopbacks"), max(loops, default=0)))
    return found


def addresses_of(case: Case, kind: str) -> list[str]:
    """Return every address that is given on the networks of a kind, without prefix lengths."""
    design = case.blueprint
    if kind == "oob":
        managed = [n.bmc for n in design.nodes.values() if n.bmc] + [p.bmc for p in design.pdus.values()]
        return [bmc.address for bmc in [*managed, *(s.management for s in design.switches.values())]]
    return [
        nic.address.partition("/")[0]
        for n in design.nodes.values()
        for nic in n.nics
        if nic.fabric == kind and nic.address
    ]


def _larger(prefix: IPv4Network, used: int) -> str:
    bits = math.ceil(math.log2(max(used / (1 - HEADROOM), 2)))
    return f"a /{min(32 - bits, prefix.prefixlen - 1)}"


@law("NET-9", "every link and loopback has its own address")
def addresses_are_unique(case: Case) -> Iterator[Problem]:
    """Links are /31 (RFC 3021); every loopback and every end of a link is used once in a VRF."""
    seen: dict[tuple[str, str], str] = {}
    for name, fabric in case.site.fabrics.items():
        for switch in [*_fabric(case, name, "leaf"), *_fabric(case, name, "spine")]:
            owned = [(switch.loopback, f"{switch.name} lo")]
            owned += [
                ((p.address or "").partition("/")[0], f"{switch.name} {p.name}") for p in switch.ports if p.address
            ]
            for address, owner in owned:
                other = seen.setdefault((fabric.vrf, address), owner)
                if other != owner:
                    detail = f"{address} belongs to {other} and to {owner}"
                    fix = "prefixes of its own for each fabric, or another `vrf`"
                    yield finding("NET-9", f"fabric/{name}", "uses an address twice", detail, fix, fabric.at("links"))
                    break
        if fabric.links.prefixlen > 31:
            detail = f"{fabric.links} has no room for one /31"
            yield finding("NET-9", f"fabric/{name}", "has no links", detail, "a larger prefix", fabric.at("links"))


@law("NET-10", "every leaf has its own private AS")
def asns_are_unique(case: Case) -> Iterator[Problem]:
    """One 4-byte private ASN for each leaf and one for a fabric's spines: 4200000000 to 4294967294 (RFC 7938, 6996)."""
    owners: dict[int, list[str]] = defaultdict(list)
    for name, fabric in case.site.fabrics.items():
        leaves, spines = _fabric(case, name, "leaf"), _fabric(case, name, "spine")
        for switch in [*leaves, *spines[:1]]:
            owners[switch.asn].append(name)
        wrong = sorted(s.asn for s in [*leaves, *spines] if s.asn not in PRIVATE_ASNS)
        if wrong:
            detail = f"{wrong[0]} is no 4-byte private ASN: {PRIVATE_ASNS.start} to {PRIVATE_ASNS.stop - 1}"
            fix = f"`first_asn: {PRIVATE_ASNS.start}`"
            yield finding("NET-10", f"fabric/{name}", "uses ASNs of others", detail, fix, fabric.at("first_asn"))
    shared = {asn: names for asn, names in owners.items() if len(names) > 1}
    if shared:
        asn, names = min(shared.items())
        detail = f"{count(len(shared), 'ASN')} from {asn} used by {' and '.join(sorted(set(names)))}"
        fix = "another `first_asn` for each fabric"
        yield finding(
            "NET-10", f"fabric/{names[-1]}", "shares ASNs", detail, fix, case.site.fabrics[names[-1]].at("first_asn")
        )


@law("NET-11", "VLANs are legal and MTUs leave room")
def vlans_and_mtus(case: Case) -> Iterator[Problem]:
    """VLAN 1 to 4094 and used once; MTU of the underlay ≥ MTU of the hosts + 50 (VXLAN over IPv4)."""
    vlans: dict[int, str] = {}
    for name, network in case.site.networks.items():
        if network.vlan is None:
            continue
        if not 1 <= network.vlan <= 4094:
            detail = f"VLAN {network.vlan}; VLANs are 1 to 4094 (IEEE 802.1Q)"
            yield finding(
                "NET-11", f"network/{name}", "has an illegal VLAN", detail, "another `vlan`", network.at("vlan")
            )
        elif vlans.setdefault(network.vlan, name) != name:
            detail = f"VLAN {network.vlan} is that of {vlans[network.vlan]} as well"
            yield finding("NET-11", f"network/{name}", "shares its VLAN", detail, "another `vlan`", network.at("vlan"))
    for name, fabric in case.site.fabrics.items():
        if fabric.mtu < fabric.host_mtu + 50:
            detail = f"hosts send {fabric.host_mtu} + 50 for VXLAN; the fabric carries {fabric.mtu}"
            fix = f"`mtu: {fabric.host_mtu + 50}` or `host_mtu: {fabric.mtu - 50}`"
            yield finding("NET-11", f"fabric/{name}", "has too small an MTU", detail, fix, fabric.at("mtu"))
