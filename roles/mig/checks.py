"""What proves role mig."""

from __future__ import annotations

from gigaworks.roles.check import Check, Output, text
from gigaworks.roles.mig.params import Params
from gigaworks.roles.readers import nvidia_smi
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    number = context.accelerators.count if context.accelerators else 0
    wanted = ", ".join(sorted(params.profiles)) or "whole"
    return [
        Check("count", "GPUs that are listed", "nvidia-smi -L", number, lambda o: len(nvidia_smi.mig_devices(text(o)))),
        Check("layout", "MIG devices of each GPU", "nvidia-smi -L", wanted, shared),
    ]


def shared(output: Output) -> str:
    """Read the layout that all GPUs share; several, with a stroke between them, where they differ."""
    layouts = {", ".join(profiles) or "whole" for profiles in nvidia_smi.mig_devices(text(output)).values()}
    return " | ".join(sorted(layouts))
