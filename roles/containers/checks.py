"""What proves role containers."""

from __future__ import annotations

from gigaworks.roles.check import Check, Output, text, yes
from gigaworks.roles.containers import settings
from gigaworks.roles.containers.params import Params
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    found = [
        *service_checks("containerd"),
        Check("answers", "containerd answers", "timeout 20 ctr version >/dev/null 2>&1", "yes", yes),
    ]
    if settings.nvidia(params, context):
        number = context.accelerators.count if context.accelerators else 0
        found.append(Check("cdi", "GPUs that containers can be given", "nvidia-ctk cdi list", number, devices))
    if params.pyxis:
        found.append(Check("pyxis", "srun knows --container-image", "srun --help 2>&1", "yes", pyxis))
    return found


def devices(output: Output) -> int:
    """Read how many whole GPUs ``nvidia-ctk cdi list`` names by their index: ``nvidia.com/gpu=0``."""
    names = (line.strip().rpartition("=")[2] for line in text(output).splitlines())
    return sum(name.isdigit() for name in names)


def pyxis(output: Output) -> str:
    """Read whether Slurm's plugin is there."""
    return "yes" if "--container-image" in output.text else "no"
