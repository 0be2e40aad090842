"""Networks with one prefix, and fabrics of leaf, spine and core switches."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.qos import QosMapsNoun, QosNoun
from gigaworks.inventory.model.words import Address, Ordinal, Prefix

Topology = Literal["two-tier", "three-tier", "dragonfly+"]
INFINIBAND_MTU = 4096  # the largest that the InfiniBand architecture has
Tier = Literal["leaf", "spine", "core"]


class OobSwitchNoun(Noun):
    """A switch of the OOB network: its rack, from whose PDUs it is fed, and the feeds that reach it past them."""

    rack: str
    unswitched: list[str] = Field(default=[])


class NetworkNoun(Noun):
    """A network: one prefix with a role; ``gateway`` is the controller's own address in it."""

    kind: Literal["mgmt", "oob"]
    prefix: Prefix
    gateway: Address | None = None
    mtu: Annotated[int, Field(ge=68, le=9216)] = 1500
    vlan: int | None = None
    vni: int | None = None
    vrf: str = "default"
    switches: dict[str, OobSwitchNoun] = Field(default={})


class SwitchNoun(Noun):
    """A switch: where it stands, what device it is, and its place in the topology.

    ``plane`` counts from 1. ``group`` names the pod of a three-tier fabric or the group of a dragonfly+ that a leaf
    or spine belongs to. Both follow the ranges of the switch's name: `pod-[1-4]-leaf-[01-16]: {group: "pod-[1-4]"}`.
    """

    along: ClassVar[tuple[str, ...]] = ("rack", "plane", "group")

    tier: Tier
    rack: str
    device: str
    position: Annotated[int, Field(ge=1)] | None = None
    breakout: Literal[1, 2, 4, 8] = 1
    plane: Ordinal = 1
    group: str = ""
    qos: QosMapsNoun | None = None


class FabricNoun(Noun):
    """A fabric: its topology, its switches, and the numbers that they live on.

    ``topology``: `two-tier` is a fat tree of leaves and spines; `three-tier` has pods of leaves and spines below
    cores; `dragonfly+` has groups of leaves and spines, every two groups joined by ``global_links`` cables. With
    ``rails`` above 1, NIC k of a node goes to the k-th leaf of its leaf group (rail-optimised). With ``planes`` above
    1, NIC port i of a node is rail i // planes on plane i % planes, and each plane has switches of its own.

    ``technology``: Ethernet is routed to the host, a /31 of ``links`` to each cable, a private AS to each leaf.
    InfiniBand has no addresses of ours: the subnet manager gives LIDs, and Gigaworks designs ports and cables.

    ``uplinks`` are those of a leaf, ``spine_uplinks`` those of a spine to the cores: half of the ports unless stated.
    ``manager_ports`` are kept free for fabric managers (UFM), one a leaf, on the first leaf group.
    """

    kind: Literal["compute", "storage"]
    topology: Topology = "two-tier"
    technology: Literal["ethernet", "infiniband"] = "ethernet"
    links: Prefix | None = None
    loopbacks: Prefix | None = None
    first_asn: int = 4200000000
    rails: Annotated[int, Field(ge=1, le=16)] = 1
    planes: Annotated[int, Field(ge=1, le=16)] = 1
    uplinks: Annotated[int, Field(ge=1)] | None = None
    spine_uplinks: Annotated[int, Field(ge=1)] | None = None
    global_links: Annotated[int, Field(ge=1)] | None = None
    manager_ports: Annotated[int, Field(ge=0)] = 0
    oversubscription: Annotated[float, Field(ge=1)] = 1.0
    mtu: Annotated[int, Field(ge=68, le=9216)] = 9100
    host_mtu: Annotated[int, Field(ge=68, le=9216)] = 9000
    platform: Literal["frr"] = "frr"
    vrf: str = "default"
    qos: QosNoun | None = None
    switches: dict[str, SwitchNoun]

    @property
    def routed(self) -> bool:
        """Whether its switches speak BGP and its links have addresses."""
        return self.technology == "ethernet"

    def grouped(self, tier: str) -> bool:
        """Whether its switches of a tier belong to a pod or a group each."""
        return self.topology != "two-tier" and tier != "core"

    @property
    def port_mtu(self) -> int:
        """MTU of the switches' ports."""
        return self.mtu if self.routed else INFINIBAND_MTU

    @property
    def nic_mtu(self) -> int:
        """MTU of the nodes' NICs."""
        return self.host_mtu if self.routed else INFINIBAND_MTU
