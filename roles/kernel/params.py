"""Parameters of role kernel."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

SysctlName = Annotated[str, Field(pattern=r"^[a-z0-9_]+([./][A-Za-z0-9_:*-]+)+$")]
Word = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.,:=/@+%*!~^-]+$")]  # nothing that a shell would read
PageSize = Annotated[str, Field(pattern=r"^[1-9][0-9]*$")]


class Params(BaseModel):
    """What kernel takes."""

    model_config = ConfigDict(extra="forbid")

    sysctl: dict[SysctlName, int | str] = Field(default={}, description="values by name, e.g. net.core.somaxconn: 8192")
    command_line: list[Word] = Field(
        default=[], description="words added to the kernel command line, e.g. iommu=pt; in force after a restart"
    )
    hugepages: dict[PageSize, Annotated[int, Field(ge=0)]] = Field(
        default={},
        description="huge pages by size in KiB, e.g. '2048': 1024; 1 GiB pages are safer on the command line",
    )
    numa_balancing: bool | None = Field(
        default=None, description="kernel.numa_balancing; pinned jobs want it off; None: left alone"
    )
    governor: Literal["performance", "powersave", "schedutil", "ondemand", "conservative", "userspace"] | None = Field(
        default=None, description="frequency governor of every processor; None: left alone"
    )
    tuned: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")] | None = Field(
        default=None, description="profile of tuned, e.g. throughput-performance; None: tuned is left alone"
    )
    page_size_kib: Literal[4, 16, 64] | None = Field(
        default=None, description="page size that the kernel has to have; 64 is recommended on NVIDIA Grace; None: any"
    )
