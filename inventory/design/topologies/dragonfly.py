"""Dragonfly+: groups of leaves and spines, every two groups joined by global links between their spines.

After Shpiner and others, "Dragonfly+: Low Cost Topology for Scaling Datacenters", HiPINEB 2017. Global link n of
group A to group B starts at spine (b · links + n) mod S of A, where b is the place of B among the groups: so each
group's global links are spread evenly over its spines, and a new group moves none of those that are there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from gigaworks.inventory.design.members import Plane, Trunk
from gigaworks.inventory.design.topologies.two_tier import within_groups
from gigaworks.inventory.model.network import FabricNoun


def trunks(fabric: FabricNoun, plane: Plane) -> Iterator[Trunk]:
    """Return the trunks of a plane, those inside the groups first."""
    yield from within_groups(fabric, plane)
    for (here, ours), (there, theirs) in itertools.combinations(enumerate(plane.spines.values()), 2):
        links = global_links(fabric, len(ours), len(theirs))
        for n in range(links):
            a, b = ours[(there * links + n) % len(ours)], theirs[(here * links + n) % len(theirs)]
            yield Trunk(a, b, n, across=True)


def global_links(fabric: FabricNoun, ours: int, theirs: int) -> int:
    """Return the cables between two groups with so many spines: as declared, else one for each spine."""
    return fabric.global_links or min(ours, theirs)
