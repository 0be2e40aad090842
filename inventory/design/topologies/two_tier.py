"""A fat tree of two tiers: every leaf spreads its uplinks over all spines."""

from __future__ import annotations

from collections.abc import Iterator

from gigaworks.inventory.design.members import Plane, Trunk, even, spread
from gigaworks.inventory.model.network import Switched


def trunks(fabric: Switched, plane: Plane) -> Iterator[Trunk]:
    """Return the trunks of a plane."""
    spines = [spine for group in plane.spines.values() for spine in group]
    for leaves in plane.leaves.values():
        for leaf in leaves:
            yield from spread(leaf, spines, even(fabric.uplinks, len(leaf.ports), len(spines)))


def within_groups(fabric: Switched, plane: Plane) -> Iterator[Trunk]:
    """Return the trunks between the leaves and the spines of each group, a two-tier tree of its own."""
    for group, leaves in plane.leaves.items():
        spines = plane.spines.get(group, [])
        for leaf in leaves:
            yield from spread(leaf, spines, even(fabric.uplinks, len(leaf.ports), len(spines)))
