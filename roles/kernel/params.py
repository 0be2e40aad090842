"""Parameters of role kernel."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

SysctlName = Annotated[str, Field(pattern=r"^[a-z0-9_]+([./][A-Za-z0-9_:*-]+)+$")]
Word = Annotated[str, Field(pattern=r"^[!-~]+$")]


class Params(BaseModel):
    """What kernel takes."""

    model_config = ConfigDict(extra="forbid")

    sysctl: dict[SysctlName, int | str] = Field(default={}, description="values by name, e.g. net.core.somaxconn: 8192")
    command_line: list[Word] = Field(
        default=[], description="words added to the kernel command line, e.g. iommu=pt; in force after a restart"
    )
