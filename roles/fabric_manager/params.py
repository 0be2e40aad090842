"""Parameters of role fabric_manager."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

Guid = Annotated[str, Field(pattern=r"^0x[0-9a-f]{16}$")]


class Partition(BaseModel):
    """A PKey and who has it."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,31}$", description="name of the partition")
    pkey: int = Field(ge=1, le=0x7FFE, description="15-bit PKey; 0x7fff is the default partition's")
    members: list[Guid] = Field(default=[], description="port GUIDs with full membership; empty: every port")
    limited: list[Guid] = Field(
        default=[], description="port GUIDs with limited membership: they reach full members only"
    )
    ipoib: bool = Field(default=False, description="whether IP over InfiniBand runs in it")


class Params(BaseModel):
    """What fabric_manager takes."""

    model_config = ConfigDict(extra="forbid")

    manager: Literal["opensm", "ufm"] = Field(default="opensm", description="what manages the fabric")
    priority: int = Field(default=10, ge=0, le=15, description="of this node; the highest is the master")
    routing: Literal["ftree", "updn", "minhop", "dor", "dfsssp", "torus-2QoS"] = Field(
        default="ftree", description="routing engine of opensm"
    )
    partitions: list[Partition] = Field(default=[], description="partitions besides the default one")
    min_width: int = Field(default=4, ge=1, description="lanes that every link has to have")

    @field_validator("partitions")
    @classmethod
    def _once(cls, partitions: list[Partition]) -> list[Partition]:
        for values in ([p.pkey for p in partitions], [p.name for p in partitions]):
            if len(values) != len(set(values)):
                raise ValueError("two partitions have the same name or PKey")
        return partitions
