"""Dragonfly+: groups of leaves and spines, every two groups joined by global links between their spines.

After Shpiner and others, "Dragonfly+: Low Cost Topology for Scaling Datacenters", HiPINEB 2017. Global link n of
group A to group B starts at spine (b · links + n) mod S of A, where b is the place of B among the others: so each
group's global links are spread evenly over its spines, and a new group moves none of those that are there.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from gigaworks.inventory.design.members import Plane, Trunk
from gigaworks.inventory.design.topologies.two_tier import within_groups
from gigaworks.inventory.model.network import Switched


def trunks(fabric: Switched, plane: Plane) -> Iterator[Trunk]:
    """Return the trunks of a plane, those inside the groups first."""
    yield from within_groups(fabric, plane)
    groups = sorted(plane.spines, key=plane.places.__getitem__)
    for here, there in itertools.combinations(groups, 2):
        ours, theirs = plane.spines[here], plane.spines[there]
        links = global_links(fabric, len(ours), len(theirs))
        at_here, at_there = (plane.places[there] - 1) * links, plane.places[here] * links  # a group is not its own
        for n in range(links):
            yield Trunk(ours[(at_here + n) % len(ours)], theirs[(at_there + n) % len(theirs)], n, across=True)


def global_links(fabric: Switched, ours: int, theirs: int) -> int:
    """Return the cables between two groups with so many spines: as declared, else one for each spine."""
    return fabric.global_links or min(ours, theirs)
