"""One thing of a site, or all of one kind, as a sheet of facts with units."""

from __future__ import annotations

from gigaworks.cli.record.results import NodeStatus
from gigaworks.cli.views.names import fold
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.text import columns, count, figure, joined, short, value
from gigaworks.inventory.blueprint import Blueprint, Node
from gigaworks.inventory.ranges import natural


def show_node(blueprint: Blueprint, node: Node, status: NodeStatus | None, stream: Stream) -> None:
    """Show what a node is, where it stands, how it is wired, and the proof that it works."""
    sku = node.sku
    it = sku.accelerators
    rows = [
        ("state", _state(status, stream)),
        ("place", f"{node.rack} {place(blueprint, node)}"),
        ("is", f"{sku.manufacturer} {sku.model} ({node.device}), {node.arch}, serial {node.serial or 'unknown'}"),
        (
            "has",
            joined(
                [
                    count(sku.sockets, "socket") if sku.sockets else "",
                    count(sku.cores, "core") if sku.cores else "",
                    figure(sku.memory_gib, "GiB") if sku.memory_gib else "",
                    f"{it.count} x {it.vendor} {it.model}" if it else "",
                ]
            ),
        ),
        ("runs", f"{node.profile}: {' '.join(call.role for call in blueprint.profiles[node.profile].roles)}"),
        ("image", short((status and status.image) or "-")),
        ("bmc", f"{node.bmc.name} {node.bmc.address} ({node.bmc.mac or 'MAC unknown'})" if node.bmc else "none"),
        ("power", _power(node, status)),
        ("never with", joined([f"{kind} {name}" for kind, name in sorted(node.failure_domains.items())])),
        ("declared", node.where),
    ]
    stream.lines([stream.paint(node.name, "bold"), *columns([r for r in rows if r[1]], indent=2)])
    wired = {cable_end[0]: cable_end[1:] for cable_end in _plugs(blueprint, node.name)}
    nics = [(n.name, n.fabric, n.address or "-", n.mac, f"mtu {n.mtu}", *wired.get(n.name, ())) for n in node.nics]
    stream.lines(["", *columns(nics, indent=2)])
    if status and status.evidence:
        stream.lines(["", *evidence_rows(status, stream)])


def evidence_rows(status: NodeStatus, stream: Stream) -> list[str]:
    """Return the measured values with their thresholds."""
    rows = []
    for it in status.evidence:
        mark = stream.paint("✓", "green") if it.ok else stream.paint("✗", "red")
        seen = f"{value(it.observed, 48)} {it.unit if it.observed is not None else ''}".rstrip()
        rows.append(
            (
                mark,
                it.check,
                seen,
                value(it.expected, 48),
                "simulated" if it.simulated else "",
                it.at[:16].replace("T", " "),
            )
        )
    return columns(rows, indent=2)


def _state(status: NodeStatus | None, stream: Stream) -> str:
    if status is None:
        return ""
    colour = {"in service": "green", "failed": "red", "quarantined": "red"}.get(status.state, "yellow")
    since = f" since {status.since[:16].replace('T', ' ')}" if status.since else ""
    return stream.paint(status.state, colour) + since + (f": {status.reason}" if status.reason else "")


def _power(node: Node, status: NodeStatus | None) -> str:
    cap = f"cap {node.power_cap_w} W" if node.power_cap_w else ""
    return joined(
        [
            (status and status.power) or "",
            f"draw {figure(node.draw_kw, 'kW')}",
            cap,
            f"outlets {', '.join(node.outlets)}" if node.outlets else "",
        ]
    )


def place(blueprint: Blueprint, node: Node) -> str:
    """Return a node's position with its unit: ``U 12``."""
    rack = blueprint.racks[node.rack]
    top = node.position + node.height - 1
    return f"{rack.unit} {node.position:g}" + (f"-{top:g}" if node.height > 1 else "")


def _plugs(blueprint: Blueprint, device: str) -> list[tuple[str, str, str]]:
    """Return what is plugged into a device: its port, the other end, the cable."""
    found = []
    for cable in blueprint.cables:
        for here, there in ((cable.a, cable.b), (cable.b, cable.a)):
            if here.device == device:
                found.append((here.port, f"↔ {there}", f"cable {cable.id}"))
    return sorted(found, key=lambda plug: natural(plug[0]))


def show_switch(blueprint: Blueprint, name: str, stream: Stream) -> None:
    """Show a switch: who it is in BGP, and every used port."""
    it = blueprint.switches[name]
    rows = [
        ("place", it.rack),
        ("is", f"{it.tier} of the {it.fabric} fabric, {it.platform or it.technology}"),
        ("bgp", f"AS {it.asn}, loopback {it.loopback}" if it.asn else "none"),
        ("management", f"{it.management.address} ({it.management.mac})"),
        ("declared", it.where),
    ]
    stream.lines([stream.paint(name, "bold"), *columns(rows, indent=2)])
    cables = {plug[0]: plug[2] for plug in _plugs(blueprint, name)}
    ports = [
        (
            p.name,
            p.address or "-",
            f"↔ {p.peer}",
            p.peer_address or "",
            f"AS {p.peer_asn}" if p.peer_asn else "",
            cables.get(p.name, ""),
        )
        for p in it.ports
    ]
    stream.lines(["", *columns(ports, indent=2)])


def show_network(blueprint: Blueprint, stream: Stream) -> None:
    """Show the prefixes and the switches."""
    rows = [
        (n.name, n.kind, n.prefix, f"gateway {n.gateway}" if n.gateway else "", f"mtu {n.mtu}")
        for n in blueprint.networks.values()
    ]
    stream.lines(["networks", *columns(rows, indent=2)])
    switches = [
        (
            s.name,
            s.tier,
            f"AS {s.asn}" if s.asn else s.technology,
            s.loopback or "",
            count(len(s.ports), "port"),
            s.rack,
        )
        for s in blueprint.switches.values()
    ]
    stream.lines(["", "switches", *columns(switches, indent=2)])


def show_storage(blueprint: Blueprint, stream: Stream) -> None:
    """Show the volumes: their shape, their servers, where they are mounted."""
    rows = [
        (v.name, v.kind, f"{v.data}+{v.parity}", fold(v.servers), f"{v.brick} → {v.mount}", v.where)
        for v in blueprint.volumes.values()
    ]
    stream.lines(columns(rows))


def show_site(blueprint: Blueprint, stream: Stream) -> None:
    """Show what a site consists of, and what can be shown of it."""
    site = blueprint.site
    kind = ", a lab on this computer" if site.lab else ""
    stream.line(f"{stream.paint(site.name, 'bold')}  {site.country}, {site.jurisdiction}{kind}")
    rows = [
        ("hall/…", fold(blueprint.halls)),
        ("rack/…", fold(blueprint.racks)),
        ("node/…", fold(blueprint.nodes)),
        ("switch/…", fold(blueprint.switches)),
        ("power", count(len(blueprint.power), "power device")),
        ("network", fold(blueprint.networks)),
        ("storage", fold(blueprint.volumes)),
        ("cooling", count(len(blueprint.cooling), "cooling device")),
        ("fabric/…", fold({switch.fabric for switch in blueprint.switches.values()})),
        ("cables", count(len(blueprint.cables), "cable")),
    ]
    stream.lines([*columns([row for row in rows if row[1]], indent=2)])
