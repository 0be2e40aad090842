"""What proves role nvidia_driver."""

from __future__ import annotations

from gigaworks.roles.accelerators import readers
from gigaworks.roles.check import Check, Output, UnreadableError, text
from gigaworks.roles.nvidia_driver import settings
from gigaworks.roles.nvidia_driver.params import Params
from gigaworks.roles.readers import modules, nvidia_smi
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context

SMI = "nvidia-smi -q -x"


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    number = context.accelerators.count if context.accelerators else 0
    found = [
        Check("count", "GPUs that the driver sees", SMI, number, lambda output: len(nvidia_smi.gpus(text(output)))),
        Check("branch", "driver branch", SMI, params.branch, branch),
        Check("persistence", "GPUs with persistence on", SMI, number, persistent),
        Check("nouveau", "nouveau is not loaded", "cat /proc/modules", "no", nouveau),
        Check("blacklist", "nouveau is not loaded at the next start", "modprobe -c", "yes", blacklisted),
        *(check for name in settings.services(params, context) for check in service_checks(name)),
    ]
    if settings.fabric(params, context) != "none":
        found.append(Check("fabric", "GPUs that joined the NVLink fabric", SMI, number, joined))
    return found


def branch(output: Output) -> str:
    """Read the driver's branch."""
    return readers.nvidia(text(output)).driver.partition(".")[0]


def persistent(output: Output) -> int:
    """Read how many GPUs keep their state without a user."""
    return sum(gpu.persistence is True for gpu in nvidia_smi.gpus(text(output)))


def joined(output: Output) -> int:
    """Read how many GPUs have their fabric's state Completed and status Success.

    Raises:
        UnreadableError: no GPU says anything about a fabric.
    """
    gpus = nvidia_smi.gpus(text(output))
    if not any(gpu.fabric_state for gpu in gpus):
        raise UnreadableError(
            "the driver says nothing about a fabric: the fabric manager does not run, or is not needed"
        )
    return sum(gpu.fabric_state == "Completed" and gpu.fabric_status == "Success" for gpu in gpus)


def nouveau(output: Output) -> str:
    """Read whether nouveau is loaded."""
    return "yes" if "nouveau" in modules.loaded(text(output)) else "no"


def blacklisted(output: Output) -> str:
    """Read whether modprobe leaves nouveau alone."""
    return "yes" if "nouveau" in modules.blacklisted(text(output)) else "no"
