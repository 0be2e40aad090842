"""A small site, made by hand so that these tests stand on the blueprint alone."""

from __future__ import annotations

import msgspec

from gigaworks.inventory.blueprint import (
    Blueprint,
    Bmc,
    Boot,
    CoolingDevice,
    Hall,
    Network,
    Nic,
    Node,
    Pdu,
    Policy,
    Port,
    PowerDevice,
    Rack,
    SiteFacts,
    Sku,
    Switch,
    Volume,
)
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.plant import Plant, plant_url
from gigaworks.stacks.programs import slices
from gigaworks.stacks.provider.record import Record
from gigaworks.stacks.provider.types import HANDLERS
from gigaworks.stacks.slicing.declared import StackSlice


def recorded(racks: int = 3, hall_kw: float = 100.0) -> dict[str, StackSlice]:
    """Return the slices with what is recorded, and without what needs a device."""
    return {
        name: msgspec.structs.replace(
            each, resources=[one for one in each.resources if isinstance(HANDLERS[one.type], Record)]
        )
        for name, each in slices(site(racks, hall_kw), {}).items()
    }


def plant_of(folder: SiteFolder) -> Plant:
    """Return the applied plant of a site folder."""
    return Plant(plant_url(folder, None))


def site(racks: int = 3, hall_kw: float = 100.0) -> Blueprint:
    """Return a site of one hall, ``racks`` racks of two nodes each, a leaf, a spine and a volume."""
    names = [f"{rack:02}" for rack in range(1, racks + 1)]
    return Blueprint(
        site=SiteFacts(name="small", country="FR", jurisdiction="EU", domain="small.example", contracted_kw=500),
        halls={"h1": Hall(name="h1", it_kw=hall_kw)},
        racks={f"h1/r{name}": _rack(name) for name in names},
        power={
            "grid": _power("grid", None, []),
            "h1/a": _power("a", "h1", ["grid"]),
            "h1/b": _power("b", "h1", ["grid"]),
            "h1/tap": _power("tap", "h1", ["h1/a"]),
        },
        cooling={
            "h1/cdu": CoolingDevice(
                name="cdu",
                hall="h1",
                kind="cdu",
                loop=None,
                capacity_kw=100,
                flow_l_min=None,
                supply_c=30,
                redundancy="N+1",
            )
        },
        pdus={
            "pdu-01": Pdu(
                name="pdu-01",
                hall="h1",
                rack="h1/r01",
                feed="h1/a",
                bmc=_bmc("pdu-01", 200),
                outlets={"1": "n01-1"},
                limit_kw=7.4,
            )
        },
        nodes={f"n{name}-{tray}": _node(name, tray) for name in names for tray in (1, 2)},
        switches={
            "leaf-1": _switch("leaf-1", "leaf", 4200000001, 4200000100),
            "spine-1": _switch("spine-1", "spine", 4200000100, 4200000001),
        },
        cables=[],
        networks={"mgmt": Network(name="mgmt", kind="mgmt", prefix="10.77.1.0/24", gateway="10.77.1.1", mtu=1500)},
        volumes={
            "scratch": Volume(
                name="scratch",
                kind="gluster",
                data=2,
                parity=1,
                servers=[f"n{name}-1" for name in names[:3]],
                brick="/srv/brick",
                mount="/scratch",
            )
        },
        profiles={},
        policy=Policy(),
        boot=Boot(address="10.77.1.1", http_port=8080, network="mgmt", images={"x86_64": "debian"}),
    )


def _rack(name: str) -> Rack:
    return Rack(
        name=f"r{name}",
        hall="h1",
        row="a",
        type="generic-42u",
        height=42,
        unit="U",
        max_kw=20,
        max_kg=None,
        feeds=["h1/a", "h1/b"],
        cooling="h1/cdu",
        draw_kw=2.0,
        where="racks.yaml:1",
    )


def _power(name: str, hall: str | None, parents: list[str]) -> PowerDevice:
    return PowerDevice(
        name=name,
        hall=hall,
        kind="ups",
        parents=parents,
        capacity_kva=200,
        rated_a=None,
        voltage_v=400,
        phases=3,
        redundancy=None,
        usable_kw=180,
        load_kw=12,
    )


def _bmc(name: str, last: int) -> Bmc:
    return Bmc(name=name, mac=f"02:00:00:00:00:{last:02x}", address=f"10.77.0.{last}", user="gigaworks")


def _node(rack: str, tray: int) -> Node:
    number = 2 * int(rack) + tray
    return Node(
        name=f"n{rack}-{tray}",
        hall="h1",
        rack=f"h1/r{rack}",
        position=float(tray),
        height=1,
        device="generic-1u",
        sku=Sku(manufacturer="Example", model="One", sockets=1, cores=8, memory_gib=16, nics=1, accelerators=None),
        arch="x86_64",
        profile="service",
        serial=None,
        bmc=_bmc(f"n{rack}-{tray}-bmc", number % 200),
        outlets=[],
        nics=[
            Nic(
                name="eth0",
                mac=f"02:00:00:01:{number // 256:02x}:{number % 256:02x}",
                fabric="mgmt",
                address=f"10.77.1.{number % 200}/24",
                gateway=None,
                mtu=1500,
            )
        ],
        draw_kw=1.0,
        power_cap_w=900,
        failure_domains={},
    )


def _switch(name: str, tier: str, asn: int, peer_asn: int) -> Switch:
    low = tier == "leaf"
    return Switch(
        name=name,
        hall="h1",
        rack="h1/r01",
        tier="leaf" if low else "spine",
        fabric="compute",
        platform="frr",
        asn=asn,
        loopback="10.77.32.1" if low else "10.77.32.2",
        management=Bmc(
            name=name, mac="02:00:00:00:01:01", address="10.77.0.101" if low else "10.77.0.102", user="root"
        ),
        ports=[
            Port(
                name="swp1",
                peer="spine-1 swp1" if low else "leaf-1 swp1",
                address="10.77.64.0/31" if low else "10.77.64.1/31",
                peer_address="10.77.64.1" if low else "10.77.64.0",
                peer_asn=peer_asn,
            ),
            Port(name="swp2", peer="n01-1 rail0", address="10.77.64.2/31" if low else "10.77.64.4/31"),
        ],
    )
