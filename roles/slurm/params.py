"""Parameters of role slurm."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from gigaworks.roles.secret import Reference

Name = Annotated[str, Field(pattern=r"^[A-Za-z][A-Za-z0-9_-]{0,63}$")]


class Partition(BaseModel):
    """A queue. Without ``profiles`` it holds every compute node."""

    model_config = ConfigDict(extra="forbid")

    name: Name = Field(description="name of the partition")
    profiles: list[str] = Field(default=[], description="profiles whose nodes are in it; empty: all")
    default: bool = Field(default=False, description="where jobs go that name none")
    max_time: str = Field(
        default="INFINITE", pattern=r"^(INFINITE|[0-9:-]+)$", description="longest job, as Slurm writes a time"
    )


class Params(BaseModel):
    """What slurm takes. ``part`` differs from profile to profile; give everything else to all of them alike."""

    model_config = ConfigDict(extra="forbid")

    part: Literal["compute", "controller", "accounting", "login"] = Field(
        default="compute", description="what the node does in Slurm"
    )
    cluster: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,39}$")] | None = Field(
        default=None, description="name of the cluster; None: the site's"
    )
    partitions: list[Partition] = Field(
        default=[Partition(name="all", default=True)], min_length=1, description="the queues"
    )
    memory_percent: int = Field(
        default=95, ge=1, le=100, description="share of a node's memory that jobs get; more than there is drains it"
    )
    topology: Literal["tree", "block", "flat"] = Field(
        default="tree", description="tree by leaf switches, block by NVLink domain or rack, flat: none"
    )
    topology_yaml: bool = Field(
        default=False, description="write topology.yaml instead of topology.conf; Slurm 25.05 and newer"
    )
    constrain_devices: bool = Field(
        default=True, description="a job sees its own accelerators, cores and memory only (cgroup v2)"
    )
    cgroup: bool = Field(default=True, description="track jobs by cgroup; off where a node has no cgroup of its own")
    accounting_password: Reference | None = Field(
        default=None, description="reference to the MariaDB password of user slurm; wanted by part accounting"
    )
    settings: dict[Annotated[str, Field(pattern=r"^[A-Za-z]+$")], str | int] = Field(
        default={}, description="more settings of slurm.conf(5); they go before this role's own"
    )

    @model_validator(mode="after")
    def _whole(self) -> Params:
        if self.part == "accounting" and self.accounting_password is None:
            raise ValueError("part accounting needs accounting_password")
        if sum(partition.default for partition in self.partitions) > 1:
            raise ValueError("two partitions are the default")
        return self
