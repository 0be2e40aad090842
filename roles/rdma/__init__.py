"""RDMA: the adapters' software, GPUDirect, and what makes RoCE lossless.

Sets the packages (DOCA-OFED, or the distribution's own), GPUDirect by nvidia-peermem or DMA-BUF (never peermem where
processor and GPU share coherent memory), locked memory, and on RoCE for each NIC of the compute fabric: trust in DSCP,
PFC on one priority, ECN on it, the traffic class of connections; now and at every start.
Proof: every adapter's port Active at its declared speed, MTU of the fabric NICs, what ``mlnx_qos`` reads back.
Not exercised on real hardware: readers are tested with recorded outputs, files and decisions without an adapter.
"""

from gigaworks.roles.target import Context

ARCHITECTURES = ("x86_64", "aarch64")
EXAMPLE = {"transport": "roce"}


def why_not(context: Context) -> str:
    """Return why there is no RDMA."""
    if not any(nic.fabric in {"compute", "storage"} for nic in context.nics):
        return "the node has no NIC on a compute or storage fabric"
    return "the lab's NICs are virtual: they have no RDMA" if context.site.lab else ""
