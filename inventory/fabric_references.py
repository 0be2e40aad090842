"""Whether a fabric says enough to be designed, and which fabrics each node joins."""

from __future__ import annotations

from collections import defaultdict

from gigaworks.inventory.book import Book
from gigaworks.inventory.model.network import FabricNoun
from gigaworks.inventory.model.node import NodeNoun
from gigaworks.inventory.model.resolved import Site, Standing

_TIERS = {
    "two-tier": ("leaf", "spine"),
    "three-tier": ("leaf", "spine", "core"),
    "dragonfly+": ("leaf", "spine"),
}


def check_fabrics(site: Site, book: Book) -> None:
    """Check every fabric, and note in the site which one each node's NICs go to."""
    for name, fabric in site.fabrics.items():
        switches = [s for s in site.switches.values() if s.within == name]
        _addressed(name, fabric, book)
        for switch in switches:
            _switch(fabric, switch.name, switch.noun.tier, int(switch.noun.plane), switch.noun.group, site, book)
        planes = range(1, fabric.planes + 1)
        bare = [p for p in planes if not any(s.noun.tier == "leaf" and int(s.noun.plane) == p for s in switches)]
        if bare:
            where = f"plane {bare[0]} of fabric `{name}`" if fabric.planes > 1 else f"fabric `{name}`"
            detail = f"{where} has no switch of tier leaf, so nothing can be plugged in"
            plane = f", plane: {bare[0]}" if fabric.planes > 1 else ""
            fix = f"add `leaf-[1-2]: {{tier: leaf{plane}, ...}}` to its switches"
            book.add("no leaf", detail, fix, fabric.at("switches"))
    _join(site, book)


def _addressed(name: str, fabric: FabricNoun, book: Book) -> None:
    if fabric.technology == "infiniband":
        for field in ("links", "loopbacks"):
            if getattr(fabric, field) is not None:
                detail = f"fabric `{name}` is InfiniBand: its subnet manager gives LIDs, nothing of it has an address"
                book.add("no use for a prefix", detail, f"remove `{field}`", fabric.at(field))
        return
    missing = [field for field in ("links", "loopbacks") if getattr(fabric, field) is None]
    if missing:
        keys = ", ".join(f"`{field}`" for field in missing)
        book.add("missing key", f"fabric `{name}` has no {keys}", f"add {keys}", fabric.at())


def _switch(fabric: FabricNoun, name: str, tier: str, plane: int, group: str, site: Site, book: Book) -> None:
    noun = site.switches[name].noun
    if tier not in _TIERS[fabric.topology]:
        detail = f"`{name}` is of tier {tier}; a {fabric.topology} fabric has {' and '.join(_TIERS[fabric.topology])}"
        book.add("wrong tier", detail, "`topology: three-tier`, or another tier", noun.at("tier"))
    if plane > fabric.planes:
        detail = f"`{name}` is in plane {plane}; its fabric has {fabric.planes}"
        book.add("wrong plane", detail, f"`planes: {plane}`, or another `plane`", noun.at("plane"))
    grouped = fabric.grouped(tier)
    if grouped and not group:
        word = "pod" if fabric.topology == "three-tier" else "group"
        detail = f"`{name}` does not say which {word} of the {fabric.topology} fabric it belongs to"
        book.add("missing key", detail, f"add `group`, such as `group: {word}-1`", noun.at())
    elif group and not grouped:
        detail = f"`{name}` has a group; a {tier} of a {fabric.topology} fabric belongs to none"
        book.add("no use for a group", detail, "remove `group`, or another `topology`", noun.at("group"))


def _join(site: Site, book: Book) -> None:
    """Note the fabrics of each node: those it names, else the one of a kind, else the one with leaves in its hall."""
    halls: dict[str, set[str | None]] = defaultdict(set)
    for switch in site.switches.values():
        rack = site.rack_of.get(switch.name)
        if switch.noun.tier == "leaf" and rack is not None:
            halls[switch.within].add(site.racks[rack].hall)
    kinds: dict[str, list[str]] = defaultdict(list)
    for name, fabric in sorted(site.fabrics.items()):
        kinds[fabric.kind].append(name)
    near = {
        hall: {
            kind: names if len(names) == 1 else [name for name in names if hall in halls[name]]
            for kind, names in kinds.items()
        }
        for hall in site.halls
    }
    known: dict[tuple[str | None, str, str], dict[str, str]] = {}
    for node in site.nodes.values():
        key = node.hall, node.noun.device, repr(node.noun.fabrics)
        if key not in known:
            known[key] = _fabrics(node, near.get(node.hall or "", {}), kinds, site, book)
        site.joins[node.name] = known[key]


def _fabrics(
    node: Standing[NodeNoun], near: dict[str, list[str]], kinds: dict[str, list[str]], site: Site, book: Book
) -> dict[str, str]:
    """Return kind → fabric for a node."""
    noun = node.noun
    named = [noun.fabrics] if isinstance(noun.fabrics, str) else noun.fabrics
    names = [n for text in named for n in book.all_names(text, noun.at("fabrics"))]
    known = [n for n in names if book.refer("fabric", n, site.fabrics, noun.at("fabrics"))]
    found: dict[str, str] = {site.fabrics[n].kind: n for n in known}
    if len(found) < len(known):
        detail = f"`{node.name}` names several fabrics of one kind: {', '.join(known)}"
        book.add("duplicate name", detail, "name one of each kind", noun.at("fabrics"))
    device = site.catalogue.device(noun.device)
    for kind in dict.fromkeys(device.nics.values()) if device and not named else ():
        candidates = near.get(kind, [])
        if len(candidates) == 1:
            found[kind] = candidates[0]
        elif len(kinds.get(kind, [])) > 1:
            where = f"leaves of {' and '.join(candidates)} stand" if candidates else "no leaf of them stands"
            detail = f"`{node.name}` has {kind} NICs; the site has {', '.join(kinds[kind])}, and {where} in its hall"
            book.add("which fabric", detail, f"add `fabrics: {kinds[kind][0]}` to the node", noun.at())
    return found
