"""Parameters of role rdma."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

PackageName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$")]


class Params(BaseModel):
    """What rdma takes."""

    model_config = ConfigDict(extra="forbid")

    transport: Literal["infiniband", "roce"] = Field(description="what the compute fabric speaks")
    stack: Literal["doca", "inbox"] = Field(default="doca", description="NVIDIA's DOCA-OFED or the distribution's own")
    packages: list[PackageName] = Field(default=[], description="packages; empty: those of the stack")
    gpudirect: Literal["auto", "peermem", "dmabuf", "none"] = Field(
        default="auto", description="how adapters reach GPU memory; auto: by the declared accelerators"
    )
    priority: int = Field(default=3, ge=0, le=7, description="RoCE: priority with PFC and ECN, on every hop the same")
    dscp: int = Field(default=26, ge=0, le=63, description="RoCE: DSCP of data, mapped to the priority on every hop")
