"""Parameters of role acceptance: thresholds. Their defaults only find what is broken; declare what was bought."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field


class Params(BaseModel):
    """What acceptance takes."""

    model_config = ConfigDict(extra="forbid")

    serve: bool = Field(default=False, description="answer iperf3 (TCP 5201) for nodes of later stages")
    min_cpu_events_s: float = Field(
        default=20.0, gt=0, description="events/s of `sysbench cpu --cpu-max-prime=2000`, one thread"
    )
    min_memory_mib_s: float = Field(default=200.0, gt=0, description="memory written in 1 MiB blocks, MiB/s")
    min_disk_write_mib_s: float = Field(default=5.0, gt=0, description="64 MiB written and flushed, MiB/s")
    min_disk_read_mib_s: float = Field(default=5.0, gt=0, description="64 MiB read past the page cache, MiB/s")
    min_network_mbit_s: float = Field(default=20.0, gt=0, description="one TCP stream over the fabric, Mbit/s")
    folder: str = Field(
        default="/var/tmp",  # noqa: S108 - on the node, where root makes the file
        pattern=r"^/[\w./-]*$",
        description="where the disk is measured",
    )
