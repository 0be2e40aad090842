"""Which ports belong on the oob and mgmt networks: BMCs, PDUs and switches' management ports; nodes' first NICs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from gigaworks.inventory.blueprint import Pdu
from gigaworks.inventory.catalog.catalogue import Device
from gigaworks.inventory.design.attach import Endpoint
from gigaworks.inventory.design.space import Placed
from gigaworks.inventory.model.resolved import Site

PDU_PORT = "net"  # device types of PDUs do not enter the design; theirs is one port of 1 Gbit/s


def endpoints(site: Site, placed: Mapping[str, Placed], pdus: Iterable[Pdu]) -> dict[str, list[Endpoint]]:
    """Return the ports that go to each network's switches; none where it declares no switches."""
    found: dict[str, list[Endpoint]] = defaultdict(list)
    for name in site.networks.keys() & {switch.within for switch in site.switches.values()}:
        network = site.networks[name]
        if network.kind == "oob":
            found[name] += _managed(site, placed, name)
            found[name] += [Endpoint(pdu.name, PDU_PORT, 0, 1_000, "RJ45", pdu.rack) for pdu in pdus]
        elif name == site.boot.network:
            found[name] += _first_nics(site, placed)
    return found


def _managed(site: Site, placed: Mapping[str, Placed], network: str) -> Iterator[Endpoint]:
    for name, node in site.nodes.items():
        if node.noun.bmc != "none":
            yield _end(placed[name], management_port(placed[name].device))
    for name, switch in site.switches.items():
        if switch.within != network:  # its own switches are managed in band
            yield _end(placed[name], management_port(placed[name].device))


def _first_nics(site: Site, placed: Mapping[str, Placed]) -> Iterator[Endpoint]:
    for name in site.nodes:
        device = placed[name].device
        yield _end(placed[name], next(nic for nic, kind in device.nics.items() if kind == "mgmt"))


def _end(placed: Placed, port: str) -> Endpoint:
    device = placed.device
    return Endpoint(placed.name, port, 0, device.speeds.get(port), device.forms.get(port), placed.rack)


def management_port(device: Device) -> str:
    """Return the port by which a device is managed: the first for management only; `bmc` where its type has none."""
    return next((i.name for i in device.type.interfaces if i.mgmt_only), "bmc")
