"""Which switch is joined to which: one topology a file, each a function from the switches of a plane to its trunks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gigaworks.inventory.design.members import Plane, Trunk
from gigaworks.inventory.design.topologies import dragonfly, three_tier, two_tier
from gigaworks.inventory.model.network import Switched, Topology

TOPOLOGIES: Mapping[Topology, Callable[[Switched, Plane], Iterator[Trunk]]] = {
    "two-tier": two_tier.trunks,
    "three-tier": three_tier.trunks,
    "dragonfly+": dragonfly.trunks,
}
