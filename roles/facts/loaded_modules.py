"""The kernel modules that are loaded."""

from __future__ import annotations

from pyinfra.api import FactBase

from gigaworks.roles.readers import modules


class LoadedModules(FactBase[frozenset[str]]):
    """Returns it; a node that has none says nothing."""

    @staticmethod
    def default() -> frozenset[str]:
        """Return nothing."""
        return frozenset()

    def command(self) -> str:
        """Print it."""
        return "cat /proc/modules 2>/dev/null; true"

    def process(self, output: list[str]) -> frozenset[str]:
        """Read it."""
        return modules.loaded("\n".join(output))
