"""Which node's NIC goes to which leaf.

NIC k of every node of a leaf group goes to the leaf of rail k (law NET-4): a leaf group has a leaf for each rail of
each plane. A node keeps its leaf group; a new one takes the first with room in its rack, else in its row, in its hall,
anywhere. Nodes with fewer NICs than there are rails, such as storage servers, are spread evenly over the rails.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from gigaworks.inventory.design.members import Member, Plane
from gigaworks.inventory.design.numbers import Numbers
from gigaworks.inventory.model.network import Switched
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.ranges import natural


class Endpoint(NamedTuple):
    """A port of a device that belongs to a fabric or network; ``number`` counts the device's ports in it from 0."""

    node: str
    nic: str
    number: int
    speed_mbit_s: int | None
    form: str | None
    rack: str

    @property
    def name(self) -> str:
        """The name under which its link keeps its numbers."""
        return f"{self.node} {self.nic}"


def in_order(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Return endpoints by the natural order of their devices' names, each device's by number."""
    rank = {node: n for n, node in enumerate(sorted({endpoint.node for endpoint in endpoints}, key=natural))}
    return sorted(endpoints, key=lambda endpoint: (rank[endpoint.node], endpoint.number))


class LeafGroup(NamedTuple):
    """A leaf for each rail of each plane, rail by rail; ``free`` counts the ports that each has left for nodes."""

    number: int
    leaves: list[Member]
    free: list[int]


def leaf_groups(fabric: Switched, planes: dict[int, Plane], uplinks: dict[str, int]) -> list[LeafGroup]:
    """Return the leaf groups, each numbered by the order of its first leaf; rails that find no leaf are not joined."""
    rows: dict[int, list[list[Member]]] = {}
    for number, plane in planes.items():
        rows[number] = []
        for leaves in plane.leaves.values():
            rails = min(fabric.rails, len(leaves))
            rows[number] += [leaves[n : n + rails] for n in range(0, len(leaves) - rails + 1, rails)]
        rows[number].sort(key=lambda leaves: leaves[0].order)
    found = []
    for ranks in zip(*rows.values(), strict=False):
        leaves = [leaf for rail in zip(*ranks, strict=False) for leaf in rail]
        found.append(LeafGroup(leaves[0].order, leaves, [_room(leaf, uplinks[leaf.name]) for leaf in leaves]))
    for port in range(fabric.manager_ports if found else 0):
        found[0].free[port % len(found[0].free)] -= 1
    return found


def _room(leaf: Member, uplinks: int) -> int:
    """Return how many nodes a leaf takes: ports like its first, as far as uplinks leave them."""
    alike = sum(port[1:] == leaf.ports[0][1:] for port in leaf.ports)
    return min(alike, len(leaf.ports) - uplinks)


def attach(
    site: Site, fabric: Switched, numbers: Numbers, name: str, endpoints: list[Endpoint], groups: list[LeafGroup]
) -> list[Member]:
    """Return the leaf of each endpoint."""
    by_number = {group.number: group for group in groups}
    count: dict[str, int] = defaultdict(int)
    rack: dict[str, str] = {}
    for endpoint in endpoints:
        count[endpoint.node] += 1
        rack[endpoint.node] = endpoint.rack
    group_before, rail_before = numbers.kept(f"group/{name}"), numbers.kept(f"rail/{name}")
    finder = _Finder(site, groups, fabric.planes)
    chosen: dict[str, tuple[LeafGroup, int]] = {}  # node → leaf group, first rail
    kept = {node: by_number[group_before[node]] for node in count if group_before.get(node) in by_number}
    for node in [*kept, *(node for node in count if node not in kept)]:
        nics = count[node]
        if node in kept:
            group = kept[node]
            width = len(group.leaves)
            first = rail_before.get(node, 0) % (width // fabric.planes) if nics < width else 0
        else:
            group, first = finder.find(rack[node], nics)
            width = len(group.leaves)
        chosen[node] = group, first
        for index in range(nics):
            group.free[_slot(index, first, fabric.planes, width)] -= 1
    numbers.record(f"group/{name}", {node: group.number for node, (group, _) in chosen.items()})
    numbers.record(f"rail/{name}", {node: first for node, (_, first) in chosen.items() if first})
    made = []
    for endpoint in endpoints:
        group, first = chosen[endpoint.node]
        made.append(group.leaves[_slot(endpoint.number, first, fabric.planes, len(group.leaves))])
    return made


def _slot(index: int, first: int, planes: int, width: int) -> int:
    """Return which leaf of a group NIC ``index`` goes to: rails in turn from ``first``, each with its planes."""
    return (index + first * planes) % width


class _Finder:
    """Finds the first leaf group with room, the nearest first; what was full once stays full."""

    def __init__(self, site: Site, groups: list[LeafGroup], planes: int) -> None:
        self._site = site
        self._planes = planes
        self._near: dict[str, list[LeafGroup]] = defaultdict(list)
        for group in groups:
            for place in dict.fromkeys(place for leaf in group.leaves for place in self._places(leaf.rack)):
                self._near[place].append(group)
        self._from: dict[tuple[str, int], int] = defaultdict(int)

    def find(self, rack: str, nics: int) -> tuple[LeafGroup, int]:
        """Return a leaf group with a free port for each of so many NICs, and the rail to begin with."""
        places = [place for place in self._places(rack) if place in self._near]
        for place in places:
            groups = self._near[place]
            at = self._from[place, nics]
            while at < len(groups):
                first = self._first(groups[at], nics)
                if first is not None:
                    self._from[place, nics] = at
                    return groups[at], first
                at += 1
            self._from[place, nics] = at
        return self._near[places[-2] if len(places) > 1 else places[-1]][-1], 0  # law NET-5 says that it is too full

    def _first(self, group: LeafGroup, nics: int) -> int | None:
        """Return the rail to begin with: where most ports are free; None where there is no room."""
        free, width = group.free, len(group.leaves)
        rails = width // self._planes if nics < width else 1
        fit = [
            first for first in range(rails) if all(free[_slot(i, first, self._planes, width)] > 0 for i in range(nics))
        ]
        return max(fit, key=lambda first: (free[first * self._planes], -first)) if fit else None

    def _places(self, rack: str) -> Iterator[str]:
        """Return the rack, its row, its hall and the site: from near to far."""
        standing = self._site.racks[rack]
        yield rack
        yield f"{standing.hall}/{standing.within}/"
        yield f"{standing.hall}//"
        yield ""
