"""What a plan may do without and an apply may not: facts of machines that nobody has written down yet."""

from __future__ import annotations

from collections.abc import Iterator

from gigaworks.inventory.laws.law import Case
from gigaworks.inventory.problem import Problem


def unknown_macs(case: Case) -> Iterator[Problem]:
    """A node whose first NIC has no MAC address cannot be given a DHCP lease, so it cannot be installed."""
    for name, node in case.blueprint.nodes.items():
        if node.nics and not node.nics[0].mac:
            detail = "no MAC address is declared for the NIC that boots"
            fix = "write it down once the machine is there:\n    hardware: {NODE: {macs: {NIC: 3c:ec:ef:12:00:9a}}}"
            where = case.site.nodes[name].noun.at()
            yield Problem("cannot be installed yet", detail, fix, where, "warning", subject=f"node/{name}")
