"""Networks with one prefix, and fabrics of leaf, spine and core switches."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gigaworks.inventory.media import Media
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.qos import QosMapsNoun, QosNoun
from gigaworks.inventory.model.words import Address, Address6, Ordinal, Prefix, Prefix6

Topology = Literal["two-tier", "three-tier", "dragonfly+"]
Technology = Literal["ethernet", "infiniband"]
Tier = Literal["leaf", "spine", "core"]
INFINIBAND_MTU = 4096  # the largest that the InfiniBand architecture has


class SwitchNoun(Noun):
    """A switch: where it stands, what device it is, and its place in the topology.

    ``plane`` counts from 1. ``group`` names the pod of a three-tier fabric or the group of a dragonfly+ that a leaf
    or spine belongs to. Both follow the ranges of the switch's name: `pod-[1-4]-leaf-[01-16]: {group: "pod-[1-4]"}`.
    ``breakout`` says into how many ports each cage is broken out.
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


class AccessSwitchNoun(SwitchNoun):
    """A switch of a network; ``unswitched`` are the feeds that reach it past the rack PDUs.

    Without a ``device`` it is only known to stand there: nothing is plugged into it.
    """

    tier: Tier = "leaf"
    device: str = ""
    unswitched: list[str] = Field(default=[])


class NetworkNoun(Noun):
    """A network: one prefix with a role; ``gateway`` is the controller's own address in it.

    ``switches`` are its access switches (tier leaf) and what joins them (tier spine). Where they are declared, every
    BMC, PDU and switch management port gets a port and a cable on the oob network's, every node's first NIC on the
    mgmt network's: on a switch in its own rack if there is one, else the nearest with room. ``vni`` is its VXLAN
    segment where EVPN carries it.
    """

    kind: Literal["mgmt", "oob"]
    prefix: Prefix
    gateway: Address | None = None
    prefix6: Prefix6 | None = None
    gateway6: Address6 | None = None
    mtu: Annotated[int, Field(ge=68, le=9216)] = 1500
    vlan: int | None = None
    vrf: str = "default"
    vni: int | None = None
    uplinks: Annotated[int, Field(ge=1)] | None = None
    media: Media | None = None
    switches: dict[str, AccessSwitchNoun] = Field(default={})

    # Its switches in the terms of a fabric: they forward frames, and Gigaworks does not configure them.
    topology: ClassVar[Topology] = "two-tier"
    technology: ClassVar[Technology] = "ethernet"
    routed: ClassVar[bool] = False
    rails: ClassVar[int] = 1
    planes: ClassVar[int] = 1
    manager_ports: ClassVar[int] = 0
    spine_uplinks: ClassVar[None] = None
    global_links: ClassVar[None] = None

    def grouped(self, _tier: str) -> bool:
        """Whether its switches of a tier belong to a pod or a group each: none do."""
        return False

    @property
    def port_mtu(self) -> int:
        """MTU of the switches' ports."""
        return self.mtu


class FabricNoun(Noun):
    """A fabric: its topology, its switches, and the numbers that they live on.

    ``topology``: `two-tier` is a fat tree of leaves and spines; `three-tier` has pods of leaves and spines below
    cores; `dragonfly+` has groups of leaves and spines, every two groups joined by ``global_links`` cables. With
    ``rails`` above 1, NIC k of a node goes to the k-th leaf of its leaf group (rail-optimised). With ``planes`` above
    1, NIC port i of a node is rail i // planes on plane i % planes, and each plane has switches of its own.

    ``technology``: Ethernet is routed to the host, a /31 of ``links`` to each cable, a private AS to each leaf; with
    ``links6`` and ``loopbacks6`` a /127 and a /128 as well. ``unnumbered`` leaves the links between switches without
    addresses: BGP runs over link-local ones (RFC 5549, 8950). InfiniBand has no addresses of ours: the subnet manager
    gives LIDs, and Gigaworks designs ports and cables.

    ``uplinks`` are those of a leaf, ``spine_uplinks`` those of a spine to the cores: half of the ports unless stated.
    ``manager_ports`` are kept free for fabric managers (UFM), one a leaf, on the first leaf group. ``media`` is what
    all its cables are made of; unless stated, each is of the first that reaches: copper, active optics, fibre.
    ``vrf`` and ``vni`` are its routing table and that table's VXLAN segment (EVPN).
    """

    kind: Literal["compute", "storage"]
    topology: Topology = "two-tier"
    technology: Technology = "ethernet"
    links: Prefix | None = None
    loopbacks: Prefix | None = None
    links6: Prefix6 | None = None
    loopbacks6: Prefix6 | None = None
    unnumbered: bool = False
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
    vni: int | None = None
    media: Media | None = None
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


Switched = FabricNoun | NetworkNoun
"""What has switches."""
