"""Parameters of role containers."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Folder = Annotated[str, Field(pattern=r"^/[\w./-]+$")]
Host = Annotated[str, Field(pattern=r"^[a-z0-9.-]+(:[0-9]+)?$")]
PackageName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$")]


class Params(BaseModel):
    """What containers takes."""

    model_config = ConfigDict(extra="forbid")

    root: Folder = Field(
        default="/var/lib/containerd", description="where images lie; node-local NVMe where there is one"
    )
    mirrors: dict[Host, Annotated[str, Field(pattern=r"^https?://[A-Za-z0-9.:/_-]+$")]] = Field(
        default={}, description="the site's mirror for a registry's host; an air-gapped site has one for each it uses"
    )
    cdi: bool = Field(default=True, description="describe NVIDIA GPUs by CDI, where the node has some")
    pyxis: bool = Field(default=False, description="Enroot and Pyxis, so that srun takes --container-image")
    enroot_cache: Folder = Field(default="/var/lib/enroot", description="where Enroot keeps images and containers")
    packages: list[PackageName] = Field(default=["containerd"], description="the runtime's packages")
