"""Parameters of role amd_gpu."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

OptionName = Annotated[str, Field(pattern=r"^[a-z_][a-z0-9_]*$")]
PackageName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$")]


class Params(BaseModel):
    """What amd_gpu takes."""

    model_config = ConfigDict(extra="forbid")

    release: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+(\.[0-9]+)?$")] = Field(
        description="ROCm release, e.g. 6.4; every package of it is pinned"
    )
    packages: list[PackageName] = Field(default=["amdgpu-dkms", "rocm-smi-lib", "rccl"], description="AMD's packages")
    options: dict[OptionName, str | int] = Field(
        default={}, description="options of module amdgpu; in force after a restart"
    )
