"""Parameters of role dcgm."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

FieldName = Annotated[str, Field(pattern=r"^DCGM_FI_[A-Z0-9_]+$")]
PackageName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9+.-]+(=[A-Za-z0-9.+:~-]+)?$")]


class Params(BaseModel):
    """What dcgm takes."""

    model_config = ConfigDict(extra="forbid")

    packages: list[PackageName] = Field(
        default=["datacenter-gpu-manager-4-core", "datacenter-gpu-manager-exporter"], description="DCGM's packages"
    )
    port: int = Field(default=9400, ge=1, le=65535, description="TCP port of the exporter, on every address")
    fields: dict[FieldName, Annotated[str, Field(pattern=r"^[^,\n]+$")]] = Field(
        default={
            "DCGM_FI_DEV_FB_USED": "frame buffer in use (MiB)",
            "DCGM_FI_DEV_GPU_TEMP": "temperature (degrees Celsius)",
            "DCGM_FI_DEV_GPU_UTIL": "utilisation (percent)",
            "DCGM_FI_DEV_POWER_USAGE": "power draw (W)",
            "DCGM_FI_DEV_ROW_REMAP_FAILURE": "whether remapping of rows has failed",
            "DCGM_FI_DEV_XID_ERRORS": "last XID error",
        },
        min_length=1,
        description="fields of DCGM that are exported, with their help text, without commas",
    )
