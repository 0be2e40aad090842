"""A fat tree of three tiers: pods of leaves and spines, cores above them.

Spine s of every pod goes to the cores s, s + S, s + 2 S … of S spines a pod, as in a folded Clos: more cores take
nothing from those that are there but the trunks that they share. Fewer cores than S serve every spine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from gigaworks.inventory.design.members import Plane, Trunk, even, spread
from gigaworks.inventory.design.topologies.two_tier import within_groups
from gigaworks.inventory.model.network import Switched

_T = TypeVar("_T")


def trunks(fabric: Switched, plane: Plane) -> Iterator[Trunk]:
    """Return the trunks of a plane, those inside the pods first."""
    yield from within_groups(fabric, plane)
    for spines in plane.spines.values():
        for position, spine in enumerate(spines):
            cores = cores_of(plane.cores, position, len(spines))
            yield from spread(spine, cores, even(fabric.spine_uplinks, len(spine.ports), len(cores)))


def cores_of(cores: list[_T], position: int, spines: int) -> list[_T]:
    """Return the cores that the spine at ``position`` of a pod with so many ``spines`` goes to."""
    return cores if len(cores) < spines else cores[position::spines]
