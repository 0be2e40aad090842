"""What was measured, each value beside those of like nodes: that is what finds the slow one. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from statistics import median

import msgspec

from gigaworks.cli.record.results import Evidence
from gigaworks.inventory.blueprint import Blueprint

SLOW = 0.9  # of the median: a node below it is told, though it may be above its threshold


def beside_like_nodes(evidence: Mapping[str, list[Evidence]], blueprint: Blueprint) -> dict[str, list[Evidence]]:
    """Return the evidence (node → checks), each quantity with its share of the median of like nodes.

    Alike are nodes of one device type and one profile, the node itself among them.
    """
    groups: dict[tuple[str, str, str], list[float]] = defaultdict(list)
    for name, checks in evidence.items():
        for one in filter(_quantity, checks):
            groups[_kind(blueprint, name, one)].append(float(one.observed))
    medians = {kind: median(values) for kind, values in groups.items() if len(values) > 1}
    found: dict[str, list[Evidence]] = {}
    for name, checks in evidence.items():
        found[name] = []
        for one in checks:
            middle = medians.get(_kind(blueprint, name, one)) if _quantity(one) else None
            share = round(float(one.observed) / middle, 3) if middle else None
            found[name].append(msgspec.structs.replace(one, of_median=share))
    return found


def slow(one: Evidence) -> bool:
    """Return whether like nodes do clearly better."""
    return one.of_median is not None and one.of_median < SLOW


def _kind(blueprint: Blueprint, name: str, one: Evidence) -> tuple[str, str, str]:
    node = blueprint.nodes[name]
    return node.device, node.profile, one.check


def _quantity(one: Evidence) -> bool:
    """Return whether more of it is better: what role acceptance measured, with a unit."""
    return one.check.startswith("acceptance/") and bool(one.unit) and isinstance(one.observed, int | float)
