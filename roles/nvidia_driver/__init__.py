"""NVIDIA's driver: branch, modules, persistence, and what the NVLink fabric needs.

Sets the packages, pinned to one branch; nouveau off; module options; nvidia-persistenced. NVSwitch baseboards also get
the fabric manager (with nvlsm where NVLink 5), NVL72 trays get IMEX with the addresses of their rack; nothing else
does. A loaded module of another branch, or a loaded nouveau, is told as a restart that the machine needs.
Proof: GPU count, driver branch, persistence, no nouveau, ``Fabric`` state Completed on NVSwitch and NVL72.
Not exercised on real hardware: decisions, files and readers are tested from recorded outputs.
"""

from gigaworks.roles import gpu
from gigaworks.roles.target import Context

ARCHITECTURES = ("x86_64", "aarch64")
EXAMPLE = {"branch": "580"}


def why_not(context: Context) -> str:
    """Return why there is no driver to install."""
    return gpu.why_not("nvidia", context)
