"""Nodes that stand for all others where a role explains itself: one of each kind, of a site that is declared whole."""

from __future__ import annotations

import msgspec

from gigaworks.inventory.blueprint import Accelerators, Nic, Sku
from gigaworks.roles.catalog import Role
from gigaworks.roles.target import (
    ComputeNode,
    Context,
    HostEntry,
    Mount,
    Prefix,
    Route,
    Scheduler,
    SiteContext,
)

H100 = Accelerators(vendor="nvidia", model="H100-SXM5-80GB", count=8)
MI300X = Accelerators(vendor="amd", model="Instinct MI300X", count=8)
_SITE = SiteContext(
    name="demo",
    domain="demo.internal",
    lab=False,
    hosts=[HostEntry(address="10.77.1.9", names=["svc-01-n1"]), HostEntry(address="10.77.1.11", names=["n1"])],
    time_servers=["svc-01-n1"],
    volumes=[Mount(name="scratch", servers=["sto-01-n1-fabric"], brick="/srv/gluster/scratch", path="/scratch")],
    networks=[Prefix(kind="compute", prefix="10.77.64.0/18"), Prefix(kind="mgmt", prefix="10.77.1.0/24")],
    scheduler=Scheduler(
        controllers=["svc-01-n1"],
        accounting=[],
        nodes=[
            ComputeNode(
                name="n1",
                address="10.77.1.11",
                arch="x86_64",
                profile="gpu-x86",
                rack="h1/gpu-01",
                sockets=2,
                cores=112,
                memory_gib=2048,
                accelerators=H100,
                leaves=["leaf-1"],
            )
        ],
    ),
    control_planes=[HostEntry(address="10.77.1.9", names=["svc-01-n1"])],
)
_GPU = Context(
    name="n1",
    address="10.77.1.11",
    arch="x86_64",
    nics=[
        Nic(name="eth0", mac="", fabric="mgmt", address="10.77.1.11/24", gateway=None, mtu=1500),
        Nic(name="rail0", mac="", fabric="compute", address="10.77.64.0/31", gateway="10.77.64.1", mtu=9000, rail=0),
    ],
    routes=[Route(prefix="10.77.64.0/18", via=[("10.77.64.1", "rail0")])],
    accelerators=H100,
    bricks=[],
    mounts=["scratch"],
    peer="svc-01-n1-fabric",
    site=_SITE,
    profile="gpu-x86",
    sku=Sku(manufacturer="NVIDIA", model="DGX H100", sockets=2, cores=112, memory_gib=2048, nics=10, accelerators=H100),
)
NODES = (
    _GPU,
    msgspec.structs.replace(_GPU, accelerators=MI300X, profile="gpu-amd", sku=None),
    msgspec.structs.replace(_GPU, arch="aarch64", accelerators=None, profile="hpc-arm", sku=None),
    msgspec.structs.replace(_GPU, arch="riscv64", accelerators=None, profile="riscv", sku=None),
    msgspec.structs.replace(_GPU, accelerators=None, bricks=["/srv/gluster/scratch"], mounts=[], profile="storage"),
)


def node_for(role: Role) -> Context:
    """Return the first of the nodes on which a role has something to do; the first of all where it has on none."""
    return next((node for node in NODES if not role.why_not(node)), NODES[0])
