"""What stands at the top of a site file: the schema version, then one noun or all of them."""

from __future__ import annotations

from pydantic import Field

from gigaworks.inventory.model.hall import HallNoun
from gigaworks.inventory.model.network import FabricNoun, NetworkNoun
from gigaworks.inventory.model.node import HardwareNoun
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.policy import PolicyNoun, WaiverNoun
from gigaworks.inventory.model.power import PowerNoun
from gigaworks.inventory.model.profile import ProfileNoun
from gigaworks.inventory.model.site import BootNoun, SiteNoun
from gigaworks.inventory.model.storage import VolumeNoun


class HallFile(HallNoun):
    """A hall file: one hall, named at the top."""

    hall: str


class SiteFile(Noun):
    """A site file: any of the site's nouns."""

    site: SiteNoun | None = None
    boot: BootNoun | None = None
    halls: dict[str, HallNoun] = Field(default={})
    power: dict[str, PowerNoun] = Field(default={})
    networks: dict[str, NetworkNoun] = Field(default={})
    fabrics: dict[str, FabricNoun] = Field(default={})
    storage: dict[str, VolumeNoun] = Field(default={})
    profiles: dict[str, ProfileNoun] = Field(default={})
    policy: PolicyNoun | None = None
    waivers: list[WaiverNoun] = Field(default=[])
    hardware: dict[str, HardwareNoun] = Field(default={})
