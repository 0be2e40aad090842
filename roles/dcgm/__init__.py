"""NVIDIA DCGM: what the GPUs say about themselves, and its exporter for Prometheus.

Sets the host engine, running and at every start, and the exporter with its list of fields.
Proof: ``dcgmi discovery -l`` counts the declared GPUs, a short ``dcgmi diag`` passes, a scrape of the exporter answers.
Not exercised on real hardware: readers are tested with recorded outputs, files and decisions without a GPU.
"""

from gigaworks.roles import gpu
from gigaworks.roles.target import Context

ARCHITECTURES = ("x86_64", "aarch64")


def why_not(context: Context) -> str:
    """Return why there is nothing for DCGM to watch."""
    return gpu.why_not("nvidia", context)
