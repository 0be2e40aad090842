"""Networks: prefixes, addresses, ASNs, VLANs, VNIs, MTUs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import NamedTuple

from gigaworks.inventory.blueprint import Bmc, Switch
from gigaworks.inventory.laws.law import Case, count, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.model.network import FabricNoun, Switched
from gigaworks.inventory.problem import Place, Problem

HEADROOM = 0.2  # of a prefix stays free
PRIVATE_ASNS = range(4_200_000_000, 4_294_967_295)  # RFC 6996
VXLAN4, VXLAN6 = 50, 70  # bytes that VXLAN adds over IPv4 (RFC 7348) and over IPv6


class _Prefix(NamedTuple):
    """A prefix with how many of its addresses are used: the highest one given, and what is reserved."""

    name: str
    vrf: str
    prefix: IPv4Network | IPv6Network
    place: Place
    used: int


@law("NET-8", "prefixes do not overlap and have room")
def prefixes_hold(case: Case) -> Iterator[Problem | Measure]:
    """Prefixes of one VRF do not overlap; gateways lie inside; at least 20 % of each prefix stays free.

    The same for IPv4 and IPv6.
    """
    prefixes = _prefixes(case)
    for n, one in enumerate(prefixes):
        for other in prefixes[:n]:
            if one.vrf == other.vrf and _overlap(one.prefix, other.prefix):
                detail = f"{one.prefix} overlaps {other.prefix} of {other.name} ({other.place.file}:{other.place.line})"
                fix = "a prefix of its own, or another `vrf`"
                yield finding("NET-8", f"network/{one.name}", "overlaps another prefix", detail, fix, one.place)
    for name, network in case.site.networks.items():
        for field, gateway, prefix in (
            ("gateway", network.gateway, network.prefix), ("gateway6", network.gateway6, network.prefix6)
        ):  # fmt: skip
            if gateway is not None and prefix is not None and gateway not in prefix:
                detail = f"{gateway} is not in {prefix}"
                fix = f"`{field}: {prefix.network_address + 1}`"
                yield finding("NET-8", f"network/{name}", "has its gateway outside", detail, fix, network.at(field))
    for name, _, prefix, place, used in prefixes:
        size = prefix.num_addresses
        yield Measure(f"network/{name}", f"addresses used of {prefix}", used, math.floor(size * (1 - HEADROOM)))
        if used > size:
            detail = f"{used:,} addresses needed, {prefix} has {size:,}"
            yield finding("NET-8", f"network/{name}", "has too few addresses", detail, _larger(prefix, used), place)
        elif used > size * (1 - HEADROOM):
            detail = f"{used:,} of {size:,} addresses used: less than {HEADROOM:.0%} are left"
            yield finding(
                "NET-8", f"network/{name}", "has little room left", detail, _larger(prefix, used), place, "warning"
            )


def _prefixes(case: Case) -> list[_Prefix]:
    found = []
    for name, network in case.site.networks.items():
        first = int(network.prefix.network_address)
        used = max((_number(address) - first + 2 for address in addresses_of(case, network.kind)), default=2)
        found.append(_Prefix(name, network.vrf, network.prefix, network.at("prefix"), used))
        if network.prefix6 is not None:
            found.append(_Prefix(name, network.vrf, network.prefix6, network.at("prefix6"), used))
    for name, fabric in case.site.fabrics.items():
        switches = _switches(case, name)
        for suffix, field, owned in (
            ("", "links", [p.address for s in switches for p in s.ports if p.address]),
            ("-loopbacks", "loopbacks", [s.loopback for s in switches if s.loopback]),
        ):
            prefix = getattr(fabric, field)
            if prefix is None:
                continue
            first = int(prefix.network_address)
            used = max((_number(address) - first + 1 for address in owned), default=0)
            found.append(_Prefix(name + suffix, fabric.vrf, prefix, fabric.at(field), used))
            prefix6 = getattr(fabric, f"{field}6")
            if prefix6 is not None:  # numbered alongside: as many as of IPv4
                found.append(_Prefix(name + suffix, fabric.vrf, prefix6, fabric.at(f"{field}6"), used))
    return found


def _overlap(one: IPv4Network | IPv6Network, other: IPv4Network | IPv6Network) -> bool:
    if isinstance(one, IPv4Network):
        return isinstance(other, IPv4Network) and one.overlaps(other)
    return isinstance(other, IPv6Network) and one.overlaps(other)


def addresses_of(case: Case, kind: str) -> list[str]:
    """Return every IPv4 address that is given on the networks of a kind, without prefix lengths."""
    if kind == "oob":
        return [bmc.address for bmc in _controllers(case)]
    return [
        nic.address.partition("/")[0]
        for n in case.blueprint.nodes.values()
        for nic in n.nics
        if nic.fabric == kind and nic.address
    ]


def _controllers(case: Case) -> Iterator[Bmc]:
    design = case.blueprint
    yield from (n.bmc for n in design.nodes.values() if n.bmc)
    yield from (p.bmc for p in design.pdus.values())
    yield from (s.management for s in design.switches.values())


def _number(address: str) -> int:
    """Return an IPv4 address as a number, its prefix length left out; far quicker than the standard library's."""
    a, b, c, d = address.partition("/")[0].split(".")
    return int(a) << 24 | int(b) << 16 | int(c) << 8 | int(d)


def _larger(prefix: IPv4Network | IPv6Network, used: int) -> str:
    bits = math.ceil(math.log2(max(used / (1 - HEADROOM), 2)))
    return f"a /{min(prefix.max_prefixlen - bits, prefix.prefixlen - 1)}"


def _switches(case: Case, name: str) -> list[Switch]:
    return [case.blueprint.switches[n] for n, s in sorted(case.site.switches.items()) if s.within == name]


@law("NET-9", "every link and loopback has its own address")
def addresses_are_unique(case: Case) -> Iterator[Problem | Measure]:
    """Links are /31 (RFC 3021) and /127 (RFC 6164), or have no addresses at all (RFC 5549, 8950); every loopback and
    every end of a link is used once in a VRF.
    """
    seen: dict[tuple[str, str], str] = {}
    for name, fabric in case.site.fabrics.items():
        for switch in _switches(case, name):
            twice = next(
                (
                    (address, other, owner)
                    for address, owner in _owned(switch)
                    if (other := seen.setdefault((fabric.vrf, address), owner)) != owner
                ),
                None,
            )
            if twice:
                address, other, owner = twice
                detail = f"{address} belongs to {other} and to {owner}"
                fix = "prefixes of its own for each fabric, or another `vrf`"
                yield finding("NET-9", f"fabric/{name}", "uses an address twice", detail, fix, fabric.at("links"))
        yield Measure(f"fabric/{name}", "addresses looked at", sum(1 for vrf, _ in seen if vrf == fabric.vrf))
        for field, most in (("links", 31), ("links6", 127)):
            prefix = getattr(fabric, field)
            if prefix is not None and prefix.prefixlen > most:
                detail = f"{prefix} has no room for one /{most}"
                yield finding("NET-9", f"fabric/{name}", "has no links", detail, "a larger prefix", fabric.at(field))


def _owned(switch: Switch) -> Iterator[tuple[str, str]]:
    for loopback in (switch.loopback, switch.loopback6):
        if loopback:
            yield loopback, f"{switch.name} lo"
    for port in switch.ports:
        for address in (port.address, port.address6):
            if address:
                yield address.partition("/")[0], f"{switch.name} {port.name}"


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


@law("NET-11", "VLANs and VNIs are legal and MTUs leave room")
def vlans_and_mtus(case: Case) -> Iterator[Problem | Measure]:
    """VLAN 1 to 4094 (IEEE 802.1Q) and VNI 1 to 16777215 (RFC 7348), each used once.

    MTU of the underlay ≥ MTU of the hosts + 50 for VXLAN over IPv4, + 70 over IPv6, where loopbacks have both.
    """
    networks = [(f"network/{name}", noun) for name, noun in case.site.networks.items()]
    yield from _once("vlan", "VLAN", 4094, "IEEE 802.1Q", networks)
    fabrics = [(f"fabric/{name}", noun) for name, noun in case.site.fabrics.items()]
    yield from _once("vni", "VNI", 2**24 - 1, "RFC 7348", [*networks, *fabrics])
    for name, fabric in case.site.fabrics.items():
        if fabric.routed:
            yield from _headers(name, fabric)


def _headers(name: str, fabric: FabricNoun) -> Iterator[Problem | Measure]:
    extra, over = (VXLAN6, "IPv6") if fabric.loopbacks6 else (VXLAN4, "IPv4")
    need = fabric.host_mtu + extra
    yield (mtu := Measure(f"fabric/{name}", f"MTU for VXLAN over {over}", fabric.mtu, need, "bytes", least=True))
    if mtu.broken:
        detail = f"hosts send {fabric.host_mtu} + {extra} for VXLAN over {over}; the fabric carries {fabric.mtu}"
        fix = f"`mtu: {need}` or `host_mtu: {fabric.mtu - extra}`"
        yield finding("NET-11", f"fabric/{name}", "has too small an MTU", detail, fix, fabric.at("mtu"))


def _once(
    field: str, word: str, most: int, source: str, nouns: Sequence[tuple[str, Switched]]
) -> Iterator[Problem | Measure]:
    seen: dict[int, str] = {}
    for subject, noun in nouns:
        number = getattr(noun, field)
        if number is None:
            continue
        yield Measure(subject, word, number, most)
        if not 1 <= number <= most:
            detail = f"{word} {number}; {word}s are 1 to {most} ({source})"
            yield finding("NET-11", subject, f"has an illegal {word}", detail, f"another `{field}`", noun.at(field))
        elif seen.setdefault(number, subject) != subject:
            detail = f"{word} {number} is that of {seen[number].partition('/')[2]} as well"
            yield finding("NET-11", subject, f"shares its {word}", detail, f"another `{field}`", noun.at(field))
