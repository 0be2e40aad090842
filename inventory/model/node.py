"""A node as it is declared, and the facts of the very machine that stands there."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.words import Mac


class NodeNoun(Noun):
    """A node: where it stands, what device it is, what it is for.

    ``fabrics`` names the fabrics that its NICs go to, for a site with several of one kind; unless it is there, they go
    to the only one of their kind, or to the one with leaves in the node's hall.
    """

    along: ClassVar[tuple[str, ...]] = ("rack", "feeds")

    rack: str
    device: str
    profile: str
    position: Annotated[int, Field(ge=1)] | None = None
    bmc: Literal["redfish", "none"] = "redfish"
    fabrics: list[str] | str = Field(default=[])
    feeds: list[str] | str | None = None
    power_cap: units.Kw | None = None


class HardwareNoun(Noun):
    """A delivered machine: serial number and MAC addresses, as the delivery note says.

    ``links`` says where its ports were plugged in, as the cabling contractor did: `rail0: leaf-1 swp3`.
    """

    serial: str | None = None
    bmc_mac: Mac | None = None
    macs: dict[str, Mac] = Field(default={})
    links: dict[str, Annotated[str, Field(pattern=r"^\S+ \S+$")]] = Field(default={})
