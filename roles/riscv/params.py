"""Parameters of role riscv."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Params(BaseModel):
    """What riscv takes."""

    model_config = ConfigDict(extra="forbid")

    page_size_kib: int | None = Field(default=None, description="page size of the kernel, in KiB; None: any, but told")
    numa_nodes: int | None = Field(default=None, ge=1, description="NUMA nodes; None: any, but told")
    isa: str = Field(
        default="rv64imafdc", pattern=r"^rv64[a-z0-9_]+$", description="instruction set that every hart has to have"
    )
