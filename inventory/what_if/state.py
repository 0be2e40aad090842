"""What a loss turns off: power first, then cooling, then the network.

Power: a device is dark when it is lost or everything above it is dark. Cooling: a group is gone with its loop, its last
unit or its last feed; what gives heat to liquid goes down with it. Network: a leaf without an uplink carries nothing,
and a node without a link is cut off. What is lost never comes back by losing more. Batteries and thermal mass bridge
minutes, not a loss: they are left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import cached_property

from gigaworks.inventory.laws.law import TIERS, Case, Standing
from gigaworks.inventory.what_if.things import Lost


def subject_of(device: Standing) -> str:
    """Return ``node/…`` or ``switch/…``."""
    return f"{device.kind}/{device.name}"


@dataclass(frozen=True)
class State:
    """What is off, cut off and alive with something gone."""

    case: Case
    lost: Lost

    @cached_property
    def dark(self) -> set[str]:
        """Power devices without power; those on a circle feed nobody."""
        live: set[str] = set()
        waiting = [key for key, above in self.case.site.parents.items() if not above]
        below: dict[str, list[str]] = defaultdict(list)
        for key, above in self.case.site.parents.items():
            for parent in above:
                below[parent].append(key)
        while waiting:
            key = waiting.pop()
            if key not in live and key not in self.lost.power:
                live.add(key)
                waiting += below[key]
        return self.case.site.parents.keys() - live

    @cached_property
    def warm(self) -> dict[str, str]:
        """Cooling groups that take no heat any more, and why."""
        found: dict[str, str] = {}
        for key, device in self.case.blueprint.cooling.items():
            lost = self.units_lost(key)
            if key in self.lost.cooling:
                found[key] = f"{key} is lost"
            elif device.loop in self.lost.cooling:
                found[key] = f"loop {device.loop} is lost"
            elif device.feeds and self.dark.issuperset(device.feeds):
                found[key] = f"the pumps of {key} have no power"
            elif lost and lost >= device.units:
                found[key] = f"every unit of {key} is lost"
        return found

    @cached_property
    def off(self) -> dict[str, str]:
        """Nodes and switches that are off, and why."""
        found: dict[str, str] = {}
        lost = self.lost.nodes | self.lost.switches
        for key, devices in self.case.inside.items():
            cooling = self.case.blueprint.racks[key].cooling
            for device in devices:
                why = ""
                if key in self.lost.racks or device.name in lost:
                    why = "lost"
                elif device.inlets and self.dark.issuperset(device.inlets):
                    why = "no power"
                elif cooling in self.warm and device.device.liquid_share:
                    why = f"no cooling: {self.warm[cooling]}"
                if why:
                    found[subject_of(device)] = why
        return found

    @cached_property
    def links(self) -> dict[str, tuple[int, int]]:
        """Links of a node in a fabric, by ``node fabric``, and uplinks of a switch: how many live, how many there are.

        A leaf that had uplinks and has none left carries nothing.
        """
        had, has = Counter[str](), Counter[str]()
        below: list[tuple[str, str]] = []  # node's end, leaf
        for cable in self.case.blueprint.cables:
            lower, upper = sorted((cable.a.device, cable.b.device), key=self.rank)
            if self.rank(lower) < 0:
                below.append((f"{lower} {cable.fabric}", upper))
            elif self.rank(lower) < self.rank(upper):
                had[lower] += 1
                has[lower] += not {f"switch/{lower}", f"switch/{upper}"} & self.off.keys()
        idle = {name for name in had if not has[name]}
        for end, leaf in below:
            had[end] += 1
            has[end] += leaf not in idle and f"switch/{leaf}" not in self.off
        return {end: (has[end], number) for end, number in had.items()}

    def rank(self, device: str) -> int:
        """Return how high a device stands in its fabric: nodes below leaves, leaves below what joins them."""
        switch = self.case.blueprint.switches.get(device)
        return TIERS.index(switch.tier) if switch else -1

    @cached_property
    def down(self) -> dict[str, str]:
        """Nodes and switches that are off or cut off, and why."""
        found = dict(self.off)
        for end, (has, _) in self.links.items():
            name, _, fabric = end.partition(" ")
            if not has:
                subject = f"node/{name}" if fabric else f"switch/{name}"
                why = f"cut off: no link left in the {fabric} fabric" if fabric else "no uplink left"
                found.setdefault(subject, why)
        return found

    @cached_property
    def bricks(self) -> dict[str, int]:
        """How many servers of each volume are down."""
        volumes = self.case.blueprint.volumes.items()
        return {name: sum(f"node/{server}" in self.down for server in volume.servers) for name, volume in volumes}

    @cached_property
    def volumes_down(self) -> dict[str, str]:
        """Volumes that lost more than their parity, and why."""
        found = {}
        for name, volume in self.case.blueprint.volumes.items():
            if self.bricks[name] > volume.parity:
                found[f"volume/{name}"] = (
                    f"{self.bricks[name]} of {len(volume.servers)} bricks gone; {volume.parity} may be"
                )
        return found

    @cached_property
    def live(self) -> dict[str, list[Standing]]:
        """What still draws power, by the key of its rack."""
        racks = self.case.inside.items()
        return {key: [device for device in devices if subject_of(device) not in self.off] for key, devices in racks}

    def powered(self, rack: str) -> bool:
        """Return whether a rack is there and one of its feeds has power."""
        feeds = self.case.site.feeds[rack]
        return rack not in self.lost.racks and not (feeds and self.dark.issuperset(feeds))

    def units_lost(self, group: str) -> int:
        """Return how many units of a cooling group are lost."""
        return sum(each == group for each, _ in self.lost.units)

    def cooled_by(self, rack: str) -> str | None:
        """Return the cooling group of a rack."""
        return self.case.blueprint.racks[rack].cooling
