"""A site with more racks like one that it has, or with that rack alone: declared in memory, designed as any other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from gigaworks.inventory.model.resolved import Site

MARK = "-more-"  # between the name of a rack or node and the number of its copy


def more(site: Site, counts: Mapping[str, int]) -> Site:
    """Return the site with ``counts[rack]`` more racks like each, on the same feeds and cooling, nodes included."""
    racks, nodes, feeds = dict(site.racks), dict(site.nodes), dict(site.feeds)
    rack_of, cooled_by, joins = dict(site.rack_of), dict(site.cooled_by), dict(site.joins)
    inside: dict[str, list[str]] = {rack: [] for rack in counts}
    for name in site.nodes:
        inside.get(rack_of[name], []).append(name)
    for rack, count in counts.items():
        standing = site.racks[rack]
        noun = standing.noun.model_copy(update={"slot": None})
        for number in range(1, count + 1):
            copy = replace(standing, name=f"{standing.name}{MARK}{number}", noun=noun)
            racks[copy.key] = copy
            feeds[copy.key] = site.feeds[rack]
            if rack in cooled_by:
                cooled_by[copy.key] = cooled_by[rack]
            for name in inside[rack]:
                node = f"{name}{MARK}{number}"
                nodes[node] = replace(site.nodes[name], name=node)
                feeds[node] = site.feeds[name]
                rack_of[node], joins[node] = copy.key, site.joins[name]
    return replace(site, racks=racks, nodes=nodes, feeds=feeds, rack_of=rack_of, cooled_by=cooled_by, joins=joins)


def bare(site: Site) -> Site:
    """Return the site with nothing in it but what racks stand on: power, cooling, networks."""
    return replace(site, racks={}, nodes={}, switches={}, fabrics={}, volumes={})


def alone(site: Site, rack: str) -> Site:
    """Return the bare site with one rack, its nodes, and of the power devices those above it."""
    power = _above(site, site.feeds[rack])
    nodes = {name: node for name, node in site.nodes.items() if site.rack_of[name] == rack}
    return replace(
        bare(site),
        racks={rack: site.racks[rack]},
        nodes=nodes,
        joins={name: {} for name in nodes},
        power={key: device for key, device in site.power.items() if key in power},
        parents={key: above for key, above in site.parents.items() if key in power},
    )


def original(subject: str) -> str:
    """Return what a copy's name was copied from; other subjects stay as they are."""
    head, mark, tail = subject.rpartition(MARK)
    return head if mark and tail.isdecimal() else subject


def _above(site: Site, keys: list[str]) -> set[str]:
    found: set[str] = set()
    waiting = list(keys)
    while waiting:
        key = waiting.pop()
        if key not in found:
            found.add(key)
            waiting += site.parents.get(key, [])
    return found
