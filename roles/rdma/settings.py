"""What the declared NICs and accelerators ask of RDMA, and how it is set and seen. Pure."""

from __future__ import annotations

from typing import Literal

from gigaworks.inventory.blueprint import Nic
from gigaworks.roles import gpu
from gigaworks.roles.rdma.params import Params
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render

PACKAGES = {
    "doca": ["doca-ofed"],
    "inbox": ["rdma-core", "ibverbs-providers", "infiniband-diags", "perftest"],
}
PEERMEM = "nvidia-peermem"


def nics(context: Context) -> list[Nic]:
    """Return the NICs of the compute fabric."""
    return [nic for nic in context.nics if nic.fabric == "compute"]


def gpudirect(params: Params, context: Context) -> Literal["peermem", "dmabuf", "none"]:
    """Return how adapters reach GPU memory: AMD's driver and coherent memory know DMA-BUF only."""
    if params.gpudirect != "auto":
        return params.gpudirect
    declared = context.accelerators
    if declared is None or declared.vendor == "other":
        return "none"
    return "peermem" if declared.vendor == "nvidia" and not gpu.coherent(context) else "dmabuf"


def modules(params: Params, context: Context) -> list[str]:
    """Return the modules that are loaded at every start."""
    return ["ib_umad", "rdma_ucm", *([PEERMEM] if gpudirect(params, context) == "peermem" else [])]


def _pfc(params: Params) -> list[str]:
    return ["1" if n == params.priority else "0" for n in range(8)]


def script(params: Params, context: Context) -> str:
    """Return shell text that makes each NIC of the fabric lossless on the priority.

    The type of service carries the DSCP in its upper six bits; the adapters set the ECN bits themselves.
    """
    values = {"nics": nics(context), "dscp": params.dscp, "priority": params.priority, "tos": params.dscp << 2}
    return render(__file__, "roce.sh.j2", pfc=_pfc(params), **values)


def probe(params: Params, context: Context) -> str:
    """Return shell text that prints for each NIC its trust, its PFC bits and ECN on the priority."""
    return render(__file__, "probe.sh.j2", nics=nics(context), priority=params.priority)


def expected(params: Params, context: Context) -> str:
    """Return what ``probe`` prints where all is well."""
    return "\n".join(f"{nic.name} dscp {' '.join(_pfc(params))} 1" for nic in nics(context))
