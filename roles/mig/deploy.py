"""Operations of role mig."""

from __future__ import annotations

from pyinfra import host

from gigaworks.roles.facts.nvidia_gpus import NvidiaGpus
from gigaworks.roles.mig import layout
from gigaworks.roles.mig.params import Params
from gigaworks.roles.operations import noted
from gigaworks.roles.operations.at_start import at_start
from gigaworks.roles.target import Context


def deploy(params: Params, context: Context) -> None:
    """Cut the GPUs."""
    if any(gpu.mig is not None and gpu.mig_pending not in {gpu.mig, None} for gpu in host.get_fact(NvidiaGpus)):
        noted.restart_needed("mig: a GPU's MIG mode is pending")
    at_start(
        name="gigaworks-mig",
        subject="MIG layout",
        body=layout.script(params),
        probe=layout.PROBE,
        expected=layout.expected(params, context),
        after="nvidia-persistenced nvidia-fabricmanager",
    )
