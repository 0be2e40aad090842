"""Nodes with everything that follows: NICs, BMC, outlets, draw, failure domains; and the racks' PDUs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from operator import itemgetter

from gigaworks.inventory.blueprint import Accelerators, Node, Pdu, ScaleUpDomain, Sku
from gigaworks.inventory.catalog.catalogue import Device
from gigaworks.inventory.design.addresses import controller
from gigaworks.inventory.design.links import Link
from gigaworks.inventory.design.nics import Nics
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.design.power import LETTERS, feed_shares, tap_name
from gigaworks.inventory.design.profiles import power_cap_kw
from gigaworks.inventory.design.space import Placed, units_of
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site


def draws(site: Site, placed: dict[str, Placed]) -> dict[str, float | None]:
    """Return each device's draw in kW: its maximum, or its power cap where that is lower; None is unknown."""
    found: dict[str, float | None] = {}
    for name, item in placed.items():
        draw = item.device.draw_kw
        cap = _cap_kw(site, name)
        found[name] = cap if draw is None else min(draw, cap) if cap is not None else draw
    return found


def pdus(
    site: Site, numbers: Numbers, placed: dict[str, Placed], oob: dict[str, str], usable_kw: dict[str, float]
) -> tuple[dict[str, Pdu], dict[str, list[str]]]:
    """Return one PDU a rack feed, and each device's outlets as ``pdu/outlet``."""
    plugs: dict[str, dict[str, tuple[str, int]]] = defaultdict(dict)  # PDU → plug → device and its inlet
    for name, item in sorted(placed.items()):
        feeds = site.feeds[name]
        at = [plugs[pdu_name(site, item.rack, site.feeds[item.rack].index(feed))] for feed in feeds]
        for inlet in range(len(item.device.type.power_ports) if feeds else 0):
            at[inlet % len(feeds)][f"{name} {inlet}"] = name, inlet
    found: dict[str, Pdu] = {}
    outlets: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for key, rack in sorted(site.racks.items()):
        for n, feed in enumerate(site.feeds[key]):
            name = pdu_name(site, key, n)
            given = numbers.give(f"outlet/{name}", plugs[name], 1)
            for plug, outlet in given.items():
                device, inlet = plugs[name][plug]
                outlets[device].append((inlet, f"{name}/{outlet}"))
            found[name] = Pdu(
                name=name,
                hall=rack.hall or "",
                rack=key,
                feed=feed,
                bmc=controller(site, name, "bmc", oob[name], site.facts.bmc_user),
                outlets={str(o): plugs[name][plug][0] for plug, o in sorted(given.items(), key=itemgetter(1))},
                limit_kw=usable_kw[tap_name(key, n)],
                where=where(rack.noun.at("feeds")),
            )
    return found, {device: [outlet for _, outlet in sorted(found)] for device, found in outlets.items()}


def pdu_name(site: Site, rack: str, position: int) -> str:
    """Return the host name of the PDU on a rack's feed ``position`` (0 is a)."""
    return f"{site.racks[rack].name}-pdu-{LETTERS[position]}"


class Nodes:
    """Designs nodes; what all of one device type have in common is made once."""

    def __init__(
        self, site: Site, draws: dict[str, float | None], oob: dict[str, str], mgmt: dict[str, str],
        links: Mapping[str, Link], outlets: dict[str, list[str]], domains: Mapping[str, ScaleUpDomain],
    ) -> None:  # fmt: skip
        self._site = site
        self._draws = draws
        self._oob = oob
        self._nics = Nics(site, mgmt, links)
        self._outlets = outlets
        self._nvlink = {node: rack for rack, domain in domains.items() for node in domain.nodes}
        self._skus: dict[str, Sku] = {}

    def node(self, placed: Placed) -> Node:
        """Return one node, complete."""
        site, name = self._site, placed.name
        standing = site.nodes[name]
        noun, device = standing.noun, placed.device
        hardware = site.hardware.get(name)
        cap = _cap_kw(site, name)
        serial = hardware.serial if hardware else None
        bmc = None
        if noun.bmc != "none":
            host = f"{name}-bmc"
            bmc = controller(site, host, "bmc", self._oob[host], site.facts.bmc_user)
        if device.ref not in self._skus:
            self._skus[device.ref] = _sku(device)
        return Node(
            name=name,
            hall=standing.hall or "",
            rack=placed.rack,
            position=float(placed.position),
            height=float(units_of(device)),
            device=device.ref,
            sku=self._skus[device.ref],
            arch=device.overlay.arch or "x86_64",  # the resolver has refused a device without one
            profile=noun.profile,
            serial=serial or (f"LAB-{name.upper()}" if site.facts.lab else None),
            bmc=bmc,
            outlets=self._outlets.get(name, []),
            nics=self._nics.of(placed),
            draw_kw=self._draws[name],
            power_cap_w=None if cap is None else round(cap * 1000),
            failure_domains=_domains(site, placed, self._nvlink.get(name)),
            where=where(noun.at()),
        )


def _sku(device: Device) -> Sku:
    overlay, it = device.overlay, device.overlay.accelerators
    return Sku(
        manufacturer=device.type.manufacturer,
        model=device.type.model,
        sockets=overlay.sockets,
        cores=overlay.cores,
        memory_gib=overlay.memory,
        nics=len(device.nics),
        accelerators=Accelerators(vendor=it.vendor, model=it.model, count=it.count) if it else None,
    )


def _cap_kw(site: Site, name: str) -> float | None:
    if name not in site.nodes:
        return None
    noun = site.nodes[name].noun
    return noun.power_cap if noun.power_cap is not None else power_cap_kw(site, noun.profile)


def _domains(site: Site, placed: Placed, nvlink: str | None) -> dict[str, str]:
    """Return what takes this node down: its rack, the CDU group that cools it, its only feed, its NVLink domain."""
    found = {"rack": placed.rack}
    if nvlink is not None:
        found["nvlink"] = nvlink
    if placed.rack in site.cooled_by and placed.device.liquid_share > 0:
        found["cdu"] = site.cooled_by[placed.rack]
    feeds = feed_shares(site, placed.name, len(placed.device.type.power_ports))
    if len(feeds) == 1:
        found["feed"] = next(iter(feeds))
    return found
