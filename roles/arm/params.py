"""Parameters of role arm."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Params(BaseModel):
    """What arm takes."""

    model_config = ConfigDict(extra="forbid")

    page_size_kib: int | None = Field(default=None, description="page size of the kernel, in KiB; None: any, but told")
    numa_nodes: int | None = Field(default=None, ge=1, description="NUMA nodes; None: any, but told")
