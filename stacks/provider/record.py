"""Things that are known, not operated: sites, halls, racks, power, cooling, networks. They stand in the plant."""

from __future__ import annotations

import asyncio

from gigaworks.stacks.provider.handler import Context, Inputs


class Record:
    """A resource whose whole truth is its record in the applied plant, which the servicer keeps for every type."""

    def __init__(self, noun: str) -> None:
        self.noun = noun
        self.needs: frozenset[str] = frozenset()

    async def apply(self, context: Context, name: str, inputs: Inputs) -> None:
        """Do nothing beyond the record."""

    async def observe(self, context: Context, name: str, inputs: Inputs) -> Inputs | None:  # noqa: ARG002
        """Return what the plant holds."""
        found = await asyncio.to_thread(lambda: context.plant.get(self.noun, name))
        return found.spec if found else None

    async def remove(self, context: Context, name: str, inputs: Inputs) -> None:
        """Do nothing beyond the record."""
