"""The out-of-band network: alone with what it manages, and alive when that is not."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network

from gigaworks.inventory.laws.law import Case, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.problem import Problem


@law("NET-13", "BMCs are on the out-of-band network alone, and it outlives what it recovers")
def oob_is_apart(case: Case) -> Iterator[Problem | Measure]:
    """Every BMC, rack PDU and switch management port has an address of the OOB prefix, and no NIC of a node has one.

    An OOB switch hangs on at least one feed that reaches it past the rack PDUs (`unswitched`): their outlets are
    switched over the OOB network, so a switch on nothing else cannot be brought back by what it carries. Judged where
    the network declares its `switches`.
    """
    for name, network in case.site.networks.items():
        if network.kind != "oob":
            continue
        managed, hosts = _addresses(case)
        outside = sorted(owner for owner, address in managed.items() if address not in network.prefix)
        yield Measure(f"network/{name}", "management ports outside", len(outside), 0)
        if outside:
            detail = f"{', '.join(outside[:6])}: not in {network.prefix}"
            fix = "a larger prefix"
            yield finding("NET-13", f"network/{name}", "does not hold every BMC", detail, fix, network.at("prefix"))
        inside = sorted(owner for owner, address in hosts.items() if address in network.prefix)
        yield Measure(f"network/{name}", "NICs of nodes inside", len(inside), 0)
        if inside:
            detail = f"{', '.join(inside[:6])}: in {network.prefix}, where only BMCs belong"
            fix = "prefixes that do not overlap, in whatever VRF"
            yield finding("NET-13", f"network/{name}", "is open to nodes", detail, fix, network.at("prefix"))
        for switch, noun in network.switches.items():
            past = len(noun.unswitched)
            yield (fed := Measure(f"network/{name}", f"{switch}: feeds past rack PDUs", past, 1, least=True))
            if fed.broken:
                detail = f"{switch} hangs on the PDUs of rack {noun.rack} alone, which are switched over it"
                fix = "`unswitched: [busway-a]`, with a feed that reaches it past them"
                where = noun.at("unswitched")
                yield finding("NET-13", f"network/{name}", "cannot recover itself", detail, fix, where)


def _addresses(case: Case) -> tuple[dict[str, IPv4Address], dict[str, IPv4Address]]:
    """Return the addresses of management ports and of the NICs of nodes, by their owner."""
    design = case.blueprint
    bmcs = [n.bmc for n in design.nodes.values() if n.bmc] + [p.bmc for p in design.pdus.values()]
    bmcs += [s.management for s in design.switches.values()]
    managed = {bmc.name: IPv4Address(bmc.address) for bmc in bmcs}
    prefixes: list[IPv4Network] = [n.prefix for n in case.site.networks.values() if n.kind == "oob"]
    others = [n.prefix for n in case.site.networks.values() if n.kind != "oob"]
    others += [p for f in case.site.fabrics.values() for p in (f.links,) if p is not None]
    if not any(p.overlaps(o) for p in prefixes for o in others):
        return managed, {}  # nothing that a NIC's address could come from touches the OOB prefix
    hosts = {
        f"{node.name} {nic.name}": IPv4Address(nic.address.partition("/")[0])
        for node in design.nodes.values()
        for nic in node.nics
        if nic.address
    }
    return managed, hosts
