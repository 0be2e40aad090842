"""What proves role amd_gpu."""

from __future__ import annotations

from gigaworks.roles.accelerators import checks as accelerators
from gigaworks.roles.accelerators.params import Params as Declared
from gigaworks.roles.amd_gpu.params import Params
from gigaworks.roles.check import Check, Output, text, yes
from gigaworks.roles.readers import modules
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:  # noqa: ARG001 - every role takes both
    """Return what is read back."""
    return [
        *accelerators.checks(Declared(), context),
        Check("kfd", "the compute device is there", "test -c /dev/kfd", "yes", yes),
        Check("amdgpu", "amdgpu is loaded", "cat /proc/modules", "yes", loaded),
    ]


def loaded(output: Output) -> str:
    """Read whether amdgpu is loaded."""
    return "yes" if "amdgpu" in modules.loaded(text(output)) else "no"
