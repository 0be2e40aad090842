"""Parameters of role health."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Path = Annotated[str, Field(pattern=r"^/[\w./-]*$")]


class Params(BaseModel):
    """What health takes."""

    model_config = ConfigDict(extra="forbid")

    file_systems: list[Path] = Field(default=["/"], description="mount points that are there, writable and not full")
    max_full_percent: int = Field(default=95, ge=1, le=100, description="how full one may be, in percent")
    min_memory_percent: int = Field(
        default=95, ge=1, le=100, description="memory that the kernel has to see, in percent of the declared one"
    )
    services: list[Annotated[str, Field(pattern=r"^[A-Za-z0-9@._-]+$")]] = Field(
        default=[], description="services that have to run"
    )
    accelerators: bool = Field(default=True, description="count the accelerators, where the node has some")
    rdma_ports: int = Field(default=0, ge=0, description="RDMA ports that have to be up")
    fatal_xids: list[int] = Field(
        default=[48, 74, 79, 95, 119, 120],
        description="XIDs after which a GPU cannot be trusted until it is reset, see NVIDIA's XID catalogue",
    )
