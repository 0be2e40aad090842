"""Parameters of role kubernetes."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gigaworks.roles.secret import Reference

Name = Annotated[str, Field(pattern=r"^[a-z0-9]([a-z0-9-]{0,51}[a-z0-9])?$")]


class Operator(BaseModel):
    """A helm chart, e.g. of NVIDIA's GPU operator or network operator."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(description="name of the release")
    chart: str = Field(pattern=r"^[A-Za-z0-9.:/_@-]+$", description="chart: a path on the node or oci://REGISTRY/CHART")
    version: str = Field(pattern=r"^v?[0-9][A-Za-z0-9.+-]*$", description="version of the chart")
    namespace: Name = Field(description="namespace, made where missing")
    values: dict[str, Any] = Field(default={}, description="values of the chart, e.g. driver: {enabled: false}")


class Params(BaseModel):
    """What kubernetes takes."""

    model_config = ConfigDict(extra="forbid")

    part: Literal["control-plane", "worker"] = Field(default="worker", description="what the node does")
    version: Annotated[str, Field(pattern=r"^1\.[0-9]{2}\.[0-9]+$")] = Field(
        description="Kubernetes version, e.g. 1.34.1; packages are held at it"
    )
    token: Reference = Field(description="reference to the bootstrap token, [a-z0-9]{6}.[a-z0-9]{16}")
    ca_hash: Annotated[str, Field(pattern=r"^sha256:[0-9a-f]{64}$")] | None = Field(
        default=None, description="digest of the control plane's CA key, which joining nodes compare; wanted by them"
    )
    pods: Annotated[str, Field(pattern=r"^[0-9a-f.:]+/[0-9]+$")] = Field(
        default="10.244.0.0/16", description="prefix of the pods; in none of the site's networks"
    )
    image_registry: Annotated[str, Field(pattern=r"^[a-z0-9.:/-]+$")] | None = Field(
        default=None, description="where Kubernetes' own images come from; None: kubeadm's default"
    )
    operators: list[Operator] = Field(default=[], description="charts that the first control plane installs")
