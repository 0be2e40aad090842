"""Scale-up domains: nodes of one rack whose accelerators share the NVLink switch trays that its type brings.

As in an NVL72 rack: the trays are equipment of the rack type, their links run in the rack's cable cartridges, so that
nothing of them is in the cable plan. Device types with an ``nvlink_domain`` larger than the node take part.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from gigaworks.inventory.blueprint import ScaleUpDomain
from gigaworks.inventory.design.space import Placed
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.ranges import natural


def domains(site: Site, placed: Mapping[str, Placed]) -> dict[str, ScaleUpDomain]:
    """Return the domain of each rack that has one, by the rack's key."""
    nodes: dict[str, list[str]] = defaultdict(list)
    for name in site.nodes:
        if placed[name].device.joins_domain:
            nodes[placed[name].rack].append(name)
    made = {}
    for rack, names in sorted(nodes.items()):
        noun = site.racks[rack].noun
        trays = [it for it in site.catalogue.equipment(noun.type) if it.device.overlay.nvlink_domain]
        if trays:
            fitted = [placed[name].device.overlay.accelerators for name in names]
            made[rack] = ScaleUpDomain(
                rack=rack,
                tray=trays[0].device.ref,
                positions=[tray.position for tray in trays],
                nodes=sorted(names, key=natural),
                accelerators=sum(each.count for each in fitted if each),
                most=trays[0].device.overlay.nvlink_domain or 0,
                where=where(noun.at("type")),
            )
    return made
