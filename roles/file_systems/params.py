"""Parameters of role file_systems."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Path = Annotated[str, Field(pattern=r"^/[\w./-]+$")]
Option = Annotated[str, Field(pattern=r"^[\w.=:/-]+$")]


class NetworkMount(BaseModel):
    """A file system of other servers."""

    model_config = ConfigDict(extra="forbid")

    type: Literal["nfs", "lustre", "beegfs"] = Field(description="what its servers speak")
    source: str = Field(
        pattern=r"^[\w.@:,\[\]/-]+$", description="nas:/export, mgs@o2ib:/name, or beegfs_nodev, as mount takes it"
    )
    path: Path = Field(description="where it is mounted")
    options: list[Option] = Field(default=[], description="mount options, e.g. vers=4.2, nconnect=8, flock")
    read_only: bool = Field(default=False, description="mounted read-only, and proved by reading only")


class Scratch(BaseModel):
    """Node-local scratch."""

    model_config = ConfigDict(extra="forbid")

    device: Annotated[str, Field(pattern=r"^/dev/[\w/:.-]+$")] = Field(description="a device of the node's own")
    path: Path = Field(description="where it is mounted")


class Params(BaseModel):
    """What file_systems takes."""

    model_config = ConfigDict(extra="forbid")

    network: list[NetworkMount] = Field(default=[], description="file systems of other servers")
    scratch: list[Scratch] = Field(default=[], description="scratch on devices of the node; anybody may write there")
