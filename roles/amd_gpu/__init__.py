"""AMD's driver and ROCm.

Sets the packages, the groups that may use the cards, module options, and the pin on one ROCm release.
Proof: ``rocm-smi`` counts the declared cards and names their model, /dev/kfd is there, amdgpu is loaded.
Not exercised on real hardware: readers are tested with recorded outputs of ROCm 4 to 6.
"""

from gigaworks.roles import gpu
from gigaworks.roles.target import Context

ARCHITECTURES = ("x86_64",)
EXAMPLE = {"release": "6.4"}


def why_not(context: Context) -> str:
    """Return why there is no driver to install."""
    return gpu.why_not("amd", context)
