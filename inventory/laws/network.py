"""Networks: prefixes, addresses, ASNs, VLANs, MTUs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from gigaworks.inventory.blueprint import Switch
from gigaworks.inventory.laws.law import Case, count, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.problem import Place, Problem

HEADROOM = 0.2  # of a prefix stays free
VXLAN_BYTES = 50  # that VXLAN over IPv4 adds (RFC 7348)
PRIVATE_ASNS = range(4_200_000_000, 4_294_967_295)  # RFC 6996


def _switches(case: Case, name: str) -> list[Switch]:
    return [case.blueprint.switches[n] for n, s in sorted(case.site.switches.items()) if s.within == name]


@law("NET-8", "prefixes do not overlap and have room")
def prefixes_hold(case: Case) -> Iterator[Problem | Measure]:
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
        yield (taken := Measure(f"network/{name}", f"addresses of {prefix}", used, prefix.num_addresses))
        if taken.broken:
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
        switches = _switches(case, name)
        if fabric.links is not None:
            first = int(fabric.links.network_address)
            ends = [int(IPv4Interface(p.address).ip) - first + 1 for s in switches for p in s.ports if p.address]
            found.append((name, fabric.vrf, fabric.links, fabric.at("links"), max(ends, default=0)))
        if fabric.loopbacks is not None:
            first = int(fabric.loopbacks.network_address)
            loops = [int(IPv4Address(s.loopback)) - first + 1 for s in switches if s.loopback]
            where = fabric.at("loopbacks")
            found.append((f"{name}-loopbacks", fabric.vrf, fabric.loopbacks, where, max(loops, default=0)))
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
def addresses_are_unique(case: Case) -> Iterator[Problem | Measure]:
    """Links are /31 (RFC 3021); every loopback and every end of a link is used once in a VRF."""
    seen: dict[tuple[str, str], str] = {}
    for name, fabric in case.site.fabrics.items():
        for switch in _switches(case, name):
            owned = [(switch.loopback, f"{switch.name} lo")] if switch.loopback else []
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
        yield Measure(f"fabric/{name}", "addresses looked at", sum(1 for vrf, _ in seen if vrf == fabric.vrf))
        if fabric.links is not None and fabric.links.prefixlen > 31:
            detail = f"{fabric.links} has no room for one /31"
            yield finding("NET-9", f"fabric/{name}", "has no links", detail, "a larger prefix", fabric.at("links"))


@law("NET-10", "every leaf has its own private AS")
def asns_are_unique(case: Case) -> Iterator[Problem | Measure]:
    """One 4-byte private ASN for each leaf and one for the spines of each pod or group, one for the cores of a plane:
    4200000000 to 4294967294 (RFC 7938, 6996).
    """
    owners: dict[int, list[str]] = defaultdict(list)
    for name, fabric in case.site.fabrics.items():
        shares = {_shares_as(s): s.asn for s in _switches(case, name) if s.asn is not None}
        for asn in shares.values():
            owners[asn].append(name)
        wrong = sorted(asn for asn in shares.values() if asn not in PRIVATE_ASNS)
        yield Measure(f"fabric/{name}", f"of {count(len(shares), 'ASN')}, not private", len(wrong), 0)
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


def _shares_as(switch: Switch) -> tuple[object, ...]:
    """Return what all switches of one AS have in common."""
    return (switch.name,) if switch.tier == "leaf" else (switch.tier, switch.plane, switch.group)


@law("NET-11", "VLANs are legal and MTUs leave room")
def vlans_and_mtus(case: Case) -> Iterator[Problem | Measure]:
    """VLAN 1 to 4094 (IEEE 802.1Q), VNI 1 to 16777215 (RFC 7348), each used once; MTU of the underlay ≥ MTU of the
    hosts + 50 (VXLAN over IPv4; over IPv6 it would be 70, and our underlays are IPv4).
    """
    for field, most in (("vlan", 4094), ("vni", 2**24 - 1)):
        owners: dict[int, str] = {}
        word = field.upper()
        for name, network in case.site.networks.items():
            number: int | None = getattr(network, field)
            if number is None:
                continue
            yield Measure(f"network/{name}", word, number, most)
            where, fix = network.at(field), f"another `{field}`"
            if not 1 <= number <= most:
                detail = f"{word} {number}; they are 1 to {most}"
                yield finding("NET-11", f"network/{name}", f"has an illegal {word}", detail, fix, where)
            elif owners.setdefault(number, name) != name:
                detail = f"{word} {number} is that of {owners[number]} as well"
                yield finding("NET-11", f"network/{name}", f"shares its {word}", detail, fix, where)
    for name, fabric in case.site.fabrics.items():
        if not fabric.routed:
            continue
        yield (mtu := Measure(f"fabric/{name}", "MTU", fabric.mtu, fabric.host_mtu + VXLAN_BYTES, "B", least=True))
        if mtu.broken:
            detail = f"hosts send {fabric.host_mtu} + {VXLAN_BYTES} for VXLAN; the fabric carries {fabric.mtu}"
            fix = f"`mtu: {fabric.host_mtu + VXLAN_BYTES}` or `host_mtu: {fabric.mtu - VXLAN_BYTES}`"
            yield finding("NET-11", f"fabric/{name}", "has too small an MTU", detail, fix, fabric.at("mtu"))
