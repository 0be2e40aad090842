"""The site as a whole, and where its machines boot from."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from gigaworks.inventory import units
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.words import Address, Arch

Country = Annotated[str, Field(pattern=r"^[A-Z]{2}$", description="ISO 3166-1 alpha-2")]


class ElsewhereNoun(Noun):
    """Something of the site's that lies elsewhere: its address and its country."""

    url: str
    country: Country


class SiteNoun(Noun):
    """The site: what it is called, whose law holds there, what it may draw and what it claims to have.

    ``backups`` and ``endpoints`` are what of it lies elsewhere: copies of its data; where it is administered, its
    database and its state.
    """

    name: Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$")]
    country: Country
    jurisdiction: str
    domain: str
    contracted_power: units.Kw
    accelerators: Annotated[int, Field(ge=0)] | None = None
    backups: dict[str, ElsewhereNoun] = Field(default={})
    endpoints: dict[str, ElsewhereNoun] = Field(default={})
    lab: bool = False
    bmc_user: str = "admin"
    database: str | None = None
    state: str | None = None


class BootNoun(Noun):
    """The boot services: which network they serve, where they listen, what each architecture installs."""

    network: str
    address: Address | None = None
    http_port: Annotated[int, Field(ge=1, le=65535)] = 8080
    images: dict[Arch, str]
