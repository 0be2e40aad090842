"""Parameters of role nvidia_driver."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Branch = Annotated[str, Field(pattern=r"^[0-9]{3}$")]
OptionName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
PackageName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$")]


class Params(BaseModel):
    """What nvidia_driver takes."""

    model_config = ConfigDict(extra="forbid")

    branch: Branch = Field(description="driver branch, e.g. 580; every package of NVIDIA's is pinned to it")
    modules: Literal["open", "proprietary"] = Field(
        default="open", description="kernel modules; open ones are the only kind for Blackwell and for coherent memory"
    )
    packages: list[PackageName] = Field(
        default=[], description="driver packages; empty: nvidia-open or cuda-drivers, with utilities"
    )
    fabric: Literal["auto", "nvswitch", "nvl72", "none"] = Field(
        default="auto", description="what joins the GPUs; auto: by the declared model and number"
    )
    options: dict[OptionName, str | int] = Field(
        default={}, description="options of module nvidia, e.g. NVreg_RegistryDwords; in force after a restart"
    )
