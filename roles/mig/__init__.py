"""Multi-instance GPU: every GPU of a node cut into the declared profiles.

Sets MIG mode, then the instances, now and at every start, for they do not survive one; a GPU that is in use keeps its
layout and the operation fails. A mode that is pending is told as a restart that the machine needs.
Proof: ``nvidia-smi -L`` shows the declared profiles on every GPU.
Not exercised on real hardware: readers are tested with recorded outputs of H100 and H200.
"""

from gigaworks.roles import gpu
from gigaworks.roles.target import Context

ARCHITECTURES = ("x86_64", "aarch64")
EXAMPLE = {"profiles": ["3g.40gb", "2g.20gb", "1g.10gb", "1g.10gb"]}


def why_not(context: Context) -> str:
    """Return why there is nothing to cut."""
    return gpu.why_not("nvidia", context)
