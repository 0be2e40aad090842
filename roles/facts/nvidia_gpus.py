"""The GPUs that the NVIDIA driver sees."""

from __future__ import annotations

from pyinfra.api import FactBase

from gigaworks.roles.readers import nvidia_smi


class NvidiaGpus(FactBase[list[nvidia_smi.Gpu]]):
    """Returns it; a node that has none says nothing."""

    @staticmethod
    def default() -> list[nvidia_smi.Gpu]:
        """Return nothing."""
        return []

    def command(self) -> str:
        """Print it."""
        return "nvidia-smi -q -x 2>/dev/null || true"

    def process(self, output: list[str]) -> list[nvidia_smi.Gpu]:
        """Read it."""
        return nvidia_smi.gpus("\n".join(output)) if output else []
