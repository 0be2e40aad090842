"""The site as a whole: nouns by name, ranges written out, every reference known to lead somewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Generic, TypeVar

from gigaworks.inventory.catalog.catalogue import Catalogue
from gigaworks.inventory.model.cooling import CoolingNoun
from gigaworks.inventory.model.hall import HallNoun
from gigaworks.inventory.model.network import FabricNoun, NetworkNoun, SwitchNoun
from gigaworks.inventory.model.node import HardwareNoun, NodeNoun
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.policy import PolicyNoun, WaiverNoun
from gigaworks.inventory.model.power import PowerNoun
from gigaworks.inventory.model.profile import ProfileNoun
from gigaworks.inventory.model.rack import RackNoun
from gigaworks.inventory.model.site import BootNoun, SiteNoun
from gigaworks.inventory.model.storage import VolumeNoun

NounT = TypeVar("NounT", bound=Noun)


@dataclass(frozen=True)
class Standing(Generic[NounT]):
    """A noun with its name and where it stands: hall (None for the site's own), and row or fabric."""

    name: str
    noun: NounT
    hall: str | None = None
    within: str = ""
    declared_as: str = ""  # the range it was written in

    @property
    def key(self) -> str:
        """``hall/name``, or ``name`` for what belongs to the site."""
        return f"{self.hall}/{self.name}" if self.hall else self.name


@dataclass
class Site:
    """What people wrote. ``feeds`` and ``parents`` hold the keys that references lead to."""

    facts: SiteNoun
    boot: BootNoun
    policy: PolicyNoun
    catalogue: Catalogue
    sources: dict[str, str]
    halls: dict[str, HallNoun] = field(default_factory=dict)
    power: dict[str, Standing[PowerNoun]] = field(default_factory=dict)
    cooling: dict[str, Standing[CoolingNoun]] = field(default_factory=dict)
    racks: dict[str, Standing[RackNoun]] = field(default_factory=dict)
    nodes: dict[str, Standing[NodeNoun]] = field(default_factory=dict)
    switches: dict[str, Standing[SwitchNoun]] = field(default_factory=dict)
    networks: dict[str, NetworkNoun] = field(default_factory=dict)
    fabrics: dict[str, FabricNoun] = field(default_factory=dict)
    volumes: dict[str, VolumeNoun] = field(default_factory=dict)
    servers: dict[str, list[str]] = field(default_factory=dict)  # volume → node names
    metadata: dict[str, list[str]] = field(default_factory=dict)  # volume → node names
    profiles: dict[str, ProfileNoun] = field(default_factory=dict)
    hardware: dict[str, HardwareNoun] = field(default_factory=dict)
    waivers: list[WaiverNoun] = field(default_factory=list)
    parents: dict[str, list[str]] = field(default_factory=dict)  # power key → power keys
    feeds: dict[str, list[str]] = field(default_factory=dict)  # rack key, cooling key, node name → power keys
    rack_of: dict[str, str] = field(default_factory=dict)  # node or switch name → rack key
    cooled_by: dict[str, str] = field(default_factory=dict)  # rack key → cooling key
    joins: dict[str, dict[str, str]] = field(default_factory=dict)  # node name → kind → fabric
