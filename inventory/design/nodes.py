"""Nodes with everything that follows: NICs, BMC, outlets, draw, failure domains; and the racks' PDUs."""

from __future__ import annotations

from collections import defaultdict
from ipaddress import IPv4Address

from gigaworks.inventory.blueprint import Accelerators, Bmc, Nic, Node, Pdu, Sku
from gigaworks.inventory.design.addresses import mac
from gigaworks.inventory.design.attach import Endpoint
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.design.power import LETTERS, feed_shares, tap_name
from gigaworks.inventory.design.profiles import power_cap_kw
from gigaworks.inventory.design.space import Placed, units_of
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site


def endpoints(site: Site, placed: dict[str, Placed]) -> dict[str, list[Endpoint]]:
    """Return the NICs that belong to each fabric, each node's in their order."""
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for name in site.nodes:
        device = placed[name].device
        index: dict[str, int] = defaultdict(int)
        for nic, kind in device.nics.items():
            if kind in site.joins[name]:
                found[site.joins[name][kind]].append(Endpoint(name, nic, index[kind], device.speeds[nic]))
                index[kind] += 1
    return found


def draws(site: Site, placed: dict[str, Placed]) -> dict[str, float | None]:
    """Return each device's draw in kW: its maximum, or its power cap where that is lower; None is unknown."""
    found: dict[str, float | None] = {}
    for name, item in placed.items():
        draw = item.device.draw_kw
        cap = _cap_kw(site, name)
        found[name] = cap if draw is None else min(draw, cap) if cap is not None else draw
    return found


def pdus(
    site: Site, numbers: Numbers, placed: dict[str, Placed], oob: dict[str, IPv4Address], usable_kw: dict[str, float]
) -> tuple[dict[str, Pdu], dict[str, list[str]]]:
    """Return one PDU a rack feed, and each device's outlets as ``pdu/outlet``."""
    plugs: dict[str, list[str]] = defaultdict(list)  # PDU → device inlets
    for name, item in sorted(placed.items()):
        feeds = site.feeds[item.rack]
        for feed, inlets in _inlets(site, name, item).items():
            plugs[pdu_name(site, item.rack, feeds.index(feed))] += [f"{name} {n}" for n in inlets]
    found: dict[str, Pdu] = {}
    outlets: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for key, rack in sorted(site.racks.items()):
        for n, feed in enumerate(site.feeds[key]):
            name = pdu_name(site, key, n)
            given = numbers.give(f"outlet/{name}", plugs[name], 1)
            for plug, outlet in given.items():
                device, _, inlet = plug.rpartition(" ")
                outlets[device].append((int(inlet), f"{name}/{outlet}"))
            found[name] = Pdu(
                name=name,
                hall=rack.hall or "",
                rack=key,
                feed=feed,
                bmc=Bmc(name=name, mac=mac(site, name, "bmc"), address=str(oob[name]), user=site.facts.bmc_user),
                outlets={
                    str(o): plug.rpartition(" ")[0] for plug, o in sorted(given.items(), key=lambda item: item[1])
                },
                limit_kw=usable_kw[tap_name(key, n)],
                where=where(rack.noun.at("feeds")),
            )
    return found, {device: [outlet for _, outlet in sorted(found)] for device, found in outlets.items()}


def pdu_name(site: Site, rack: str, position: int) -> str:
    """Return the host name of the PDU on a rack's feed ``position`` (0 is a)."""
    return f"{site.racks[rack].name}-pdu-{LETTERS[position]}"


def node(
    site: Site, placed: Placed, draw: float | None, oob: dict[str, IPv4Address], mgmt: IPv4Address,
    links: dict[str, tuple[str, str]], outlets: list[str],
) -> Node:  # fmt: skip
    """Return one node, complete."""
    name = placed.name
    standing = site.nodes[name]
    noun, device = standing.noun, placed.device
    hardware = site.hardware.get(name)
    cap = _cap_kw(site, name)
    nics = _nics(site, placed, mgmt, links)
    serial = hardware.serial if hardware else None
    overlay = device.overlay
    accelerators = overlay.accelerators
    bmc = None
    if noun.bmc != "none":
        address = str(oob[f"{name}-bmc"])
        bmc = Bmc(name=f"{name}-bmc", mac=mac(site, name, "bmc"), address=address, user=site.facts.bmc_user)
    return Node(
        name=name,
        hall=standing.hall or "",
        rack=placed.rack,
        position=float(placed.position),
        height=float(units_of(device)),
        device=device.ref,
        sku=Sku(
            manufacturer=device.type.manufacturer,
            model=device.type.model,
            sockets=overlay.sockets,
            cores=overlay.cores,
            memory_gib=overlay.memory,
            nics=len(nics),
            accelerators=Accelerators(vendor=accelerators.vendor, model=accelerators.model, count=accelerators.count)
            if accelerators
            else None,
        ),
        arch=overlay.arch or "x86_64",  # the resolver has refused a device without one
        profile=noun.profile,
        serial=serial or (f"LAB-{name.upper()}" if site.facts.lab else None),
        bmc=bmc,
        outlets=outlets,
        nics=nics,
        draw_kw=draw,
        power_cap_w=None if cap is None else round(cap * 1000),
        failure_domains=_domains(site, placed),
        where=where(noun.at()),
    )


def _cap_kw(site: Site, name: str) -> float | None:
    if name not in site.nodes:
        return None
    noun = site.nodes[name].noun
    return noun.power_cap if noun.power_cap is not None else power_cap_kw(site, noun.profile)


def _inlets(site: Site, name: str, item: Placed) -> dict[str, list[int]]:
    feeds = site.feeds[name]
    count = len(item.device.type.power_ports)
    found: dict[str, list[int]] = defaultdict(list)
    for inlet in range(count if feeds else 0):
        found[feeds[inlet % len(feeds)]].append(inlet)
    return found


def _nics(site: Site, placed: Placed, mgmt: IPv4Address, links: dict[str, tuple[str, str]]) -> list[Nic]:
    network = site.networks[site.boot.network]
    joins = site.joins[placed.name]
    index: dict[str, int] = defaultdict(int)
    made: list[Nic] = []
    for nic, kind in sorted(placed.device.nics.items(), key=lambda item: item[1] != "mgmt"):
        address = gateway = None
        mtu, rail, plane = network.mtu, None, None
        if kind == "mgmt":
            if not any(n.fabric == "mgmt" for n in made):
                address = f"{mgmt}/{network.prefix.prefixlen}"
                gateway = str(network.gateway) if network.gateway else None
        elif kind in joins:
            fabric = site.fabrics[joins[kind]]
            rail, plane = divmod(index[kind], fabric.planes)
            index[kind] += 1
            mtu = fabric.nic_mtu
            own, theirs = links.get(f"{placed.name} {nic}", (None, None))
            address, gateway = (f"{own}/31", theirs) if own else (None, None)
        made.append(Nic(
            name=nic, mac=mac(site, placed.name, nic), fabric=kind, address=address, gateway=gateway, mtu=mtu,
            rail=rail, plane=None if plane is None else plane + 1, speed_mbit_s=placed.device.speeds[nic],
        ))  # fmt: skip
    return made


def _domains(site: Site, placed: Placed) -> dict[str, str]:
    """Return what takes this node down when it fails: its rack, the CDU group that cools it, its only feed."""
    found = {"rack": placed.rack}
    if placed.rack in site.cooled_by and placed.device.liquid_share > 0:
        found["cdu"] = site.cooled_by[placed.rack]
    feeds = feed_shares(site, placed.name, len(placed.device.type.power_ports))
    if len(feeds) == 1:
        found["feed"] = next(iter(feeds))
    return found
