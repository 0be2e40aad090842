"""Networks with one prefix, and fabrics of leaf and spine switches."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.words import Address, Prefix


class NetworkNoun(Noun):
    """A network: one prefix with a role; ``gateway`` is the controller's own address in it."""

    kind: Literal["mgmt", "oob"]
    prefix: Prefix
    gateway: Address | None = None
    mtu: Annotated[int, Field(ge=68, le=9216)] = 1500
    vlan: int | None = None
    vrf: str = "default"


class SwitchNoun(Noun):
    """A switch: where it stands and what device it is."""

    along: ClassVar[tuple[str, ...]] = ("rack",)

    tier: Literal["leaf", "spine"]
    rack: str
    device: str
    position: Annotated[int, Field(ge=1)] | None = None
    breakout: Literal[1, 2, 4, 8] = 1


class FabricNoun(Noun):
    """A fabric: routed leaves and spines, a /31 to each cable, a private AS for each leaf."""

    kind: Literal["compute", "storage"]
    links: Prefix
    loopbacks: Prefix
    first_asn: int = 4200000000
    rails: Annotated[int, Field(ge=1, le=16)] = 1
    uplinks: Annotated[int, Field(ge=1)] | None = None
    oversubscription: Annotated[float, Field(ge=1)] = 1.0
    mtu: Annotated[int, Field(ge=68, le=9216)] = 9100
    host_mtu: Annotated[int, Field(ge=68, le=9216)] = 9000
    platform: Literal["frr"] = "frr"
    vrf: str = "default"
    switches: dict[str, SwitchNoun]
