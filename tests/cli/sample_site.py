"""A small made-up site, built by hand."""

from __future__ import annotations

from gigaworks.inventory.blueprint import (
    Accelerators,
    Blueprint,
    Bmc,
    Boot,
    Cable,
    CableEnd,
    CoolingDevice,
    Hall,
    Network,
    Nic,
    Node,
    Pdu,
    Policy,
    Port,
    PowerDevice,
    Profile,
    Rack,
    RoleCall,
    SiteFacts,
    Sku,
    Switch,
    Volume,
)


def node(rack: int, number: int) -> Node:
    """Return node ``gpu-RR-nN``; four U high, the first in U 1."""
    name = f"gpu-{rack:02}-n{number}"
    return Node(
        name=name,
        hall="h1",
        rack=f"h1/gpu-{rack:02}",
        position=1 + 4 * (number - 1),
        height=4,
        device="example/8gpu-x86",
        sku=Sku(
            manufacturer="Example",
            model="8GPU",
            sockets=2,
            cores=96,
            memory_gib=2048,
            nics=2,
            accelerators=Accelerators(vendor="nvidia", model="H100", count=8),
        ),
        arch="x86_64",
        profile="gpu-x86",
        serial=f"S{rack}{number}",
        bmc=Bmc(name=f"{name}-bmc", mac=f"02:00:00:00:{rack:02x}:{number:02x}", address="10.77.0.20", user="admin"),
        outlets=[f"pdu-{rack:02}/{number}"],
        nics=[
            Nic(
                name="eth0",
                mac=f"02:00:00:01:{rack:02x}:{number:02x}",
                fabric="mgmt",
                address=f"10.77.1.{10 * rack + number}/24",
                gateway=None,
                mtu=1500,
            ),
            Nic(
                name="rail0",
                mac=f"02:00:00:02:{rack:02x}:{number:02x}",
                fabric="compute",
                address=f"10.77.64.{4 * rack + number}/31",
                gateway="10.77.64.1",
                mtu=9000,
                rail=0,
            ),
        ],
        draw_kw=10.2,
        power_cap_w=8300,
        failure_domains={"rack": f"h1/gpu-{rack:02}", "cdu": "h1/cdu-1"},
        where="halls/h1.yaml:20",
    )


def blueprint(racks: int = 2, map_count: int = 65530) -> Blueprint:
    """Return a site of that many racks of two nodes each."""
    nodes = {n.name: n for r in range(1, racks + 1) for n in (node(r, 1), node(r, 2))}
    names = [f"gpu-{r:02}" for r in range(1, racks + 1)]
    switch = Switch(
        name="leaf-1",
        hall="h1",
        rack="h1/gpu-01",
        tier="leaf",
        fabric="compute",
        platform="frr",
        asn=4200000001,
        loopback="10.77.32.1/32",
        management=Bmc(name="leaf-1", mac="02:00:00:03:00:01", address="10.77.0.5", user="root"),
        ports=[
            Port(name=f"swp{i}", peer=f"{name} rail0", address=f"10.77.64.{2 * i}/31")
            for i, name in enumerate(nodes, 1)
        ],
        where="network.yaml:3",
    )
    return Blueprint(
        site=SiteFacts(
            name="demo", country="FR", jurisdiction="EU", domain="demo.example", contracted_kw=480, where="site.yaml:2"
        ),
        halls={"h1": Hall(name="h1", it_kw=480, air_kw=100, floor_kg_m2=1500, where="halls/h1.yaml:2")},
        racks={
            f"h1/{name}": Rack(
                name=name,
                hall="h1",
                row="r1",
                type="ocp-44ou",
                height=44,
                unit="OU",
                max_kw=50,
                max_kg=1500,
                feeds=["h1/busway-a"],
                cooling="h1/cdu-1",
                draw_kw=20.4,
                weight_kg=260,
                where="halls/h1.yaml:17",
            )
            for name in names
        },
        power={
            "h1/tr-1": PowerDevice(
                name="tr-1",
                hall="h1",
                kind="transformer",
                parents=[],
                capacity_kva=1000,
                rated_a=None,
                voltage_v=400,
                phases=3,
                redundancy=None,
                usable_kw=950,
                load_kw=20.4 * racks,
            ),
            "h1/busway-a": PowerDevice(
                name="busway-a",
                hall="h1",
                kind="busway",
                parents=["h1/tr-1"],
                capacity_kva=None,
                rated_a=400,
                voltage_v=400,
                phases=3,
                redundancy=None,
                usable_kw=222,
                load_kw=20.4 * racks,
            ),
        },
        cooling={
            "h1/cdu-1": CoolingDevice(
                name="cdu-1",
                hall="h1",
                kind="cdu",
                loop="h1/fws",
                capacity_kw=250,
                flow_l_min=300,
                supply_c=32,
                redundancy="n",
                load_kw=20.4 * racks,
            )
        },
        pdus={
            f"pdu-{r:02}": Pdu(
                name=f"pdu-{r:02}",
                hall="h1",
                rack=f"h1/gpu-{r:02}",
                feed="h1/busway-a",
                bmc=Bmc(name=f"pdu-{r:02}", mac=f"02:00:00:04:00:{r:02x}", address=f"10.77.0.{100 + r}", user="admin"),
                outlets={"1": f"gpu-{r:02}-n1", "2": f"gpu-{r:02}-n2"},
                limit_kw=22,
            )
            for r in range(1, racks + 1)
        },
        nodes=nodes,
        switches={"leaf-1": switch},
        cables=[
            Cable(
                id=f"{i:04}",
                a=CableEnd(name, "rail0"),
                b=CableEnd("leaf-1", f"swp{i}"),
                fabric="compute",
                media="dac",
                length_m=3,
                speed_mbit_s=400_000,
            )
            for i, name in enumerate(nodes, 1)
        ],
        networks={
            "mgmt": Network(name="mgmt", kind="mgmt", prefix="10.77.1.0/24", gateway="10.77.1.1", mtu=1500),
            "compute": Network(name="compute", kind="compute", prefix="10.77.64.0/18", gateway=None, mtu=9100),
        },
        volumes={
            "scratch": Volume(
                name="scratch",
                kind="gluster",
                data=2,
                parity=1,
                servers=["gpu-01-n1", "gpu-01-n2", "gpu-02-n1"],
                brick="/bricks/scratch",
                mount="/scratch",
            )
        },
        profiles={
            "gpu-x86": Profile(
                name="gpu-x86",
                roles=[
                    RoleCall(role="base"),
                    RoleCall(
                        role="kernel",
                        params={"sysctl": {"vm.max_map_count": map_count}},
                        where="profiles.yaml:11",
                        origins={"sysctl": "profiles.yaml:12"},
                    ),
                ],
                where="profiles.yaml:9",
            )
        },
        policy=Policy(),
        boot=Boot(address="10.77.1.1", http_port=8080, network="mgmt", images={"x86_64": "trixie-amd64"}),
    )
