"""Whether a fabric says enough to be designed, and which fabrics each node joins."""

from __future__ import annotations

from collections import defaultdict

from gigaworks.inventory.book import Book, twice
from gigaworks.inventory.model.network import FabricNoun, Switched, SwitchNoun
from gigaworks.inventory.model.node import NodeNoun
from gigaworks.inventory.model.resolved import Site, Standing

_TIERS = {
    "two-tier": ("leaf", "spine"),
    "three-tier": ("leaf", "spine", "core"),
    "dragonfly+": ("leaf", "spine"),
}


def check_fabrics(site: Site, book: Book) -> None:
    """Check every fabric and network, and note in the site which fabric each node's NICs go to."""
    inside: dict[str, list[Standing[SwitchNoun]]] = defaultdict(list)
    for switch in site.switches.values():
        inside[switch.within].append(switch)
    for name, fabric in site.fabrics.items():
        if name in site.networks:
            book.problems.append(twice(name, fabric.at(), site.networks[name].at()))
        _addressed(name, fabric, book)
        for switch in inside[name]:
            _switch(fabric, switch, book)
        _leaves(f"fabric `{name}`", fabric, inside[name], book)
    for name, network in site.networks.items():
        if network.gateway6 is not None and network.prefix6 is None:
            detail = f"network `{name}` has a `gateway6` and no `prefix6`"
            book.add("missing key", detail, "add `prefix6`, or remove `gateway6`", network.at("gateway6"))
        for switch in inside[name]:
            _switch(network, switch, book)
        if inside[name]:
            _leaves(f"network `{name}`", network, inside[name], book)
    _join(site, book)


def _leaves(what: str, noun: Switched, switches: list[Standing[SwitchNoun]], book: Book) -> None:
    planes = {_plane(s.noun) for s in switches if s.noun.tier == "leaf"}
    bare = next((plane for plane in range(1, noun.planes + 1) if plane not in planes), None)
    if bare is not None:
        where = f"plane {bare} of {what}" if noun.planes > 1 else what
        detail = f"{where} has no switch of tier leaf, so nothing can be plugged in"
        plane = f", plane: {bare}" if noun.planes > 1 else ""
        fix = f"add `leaf-[1-2]: {{tier: leaf{plane}, ...}}` to its switches"
        book.add("no leaf", detail, fix, noun.at("switches"))


def _addressed(name: str, fabric: FabricNoun, book: Book) -> None:
    if not fabric.routed:
        for field in ("links", "loopbacks", "links6", "loopbacks6", "unnumbered"):
            if getattr(fabric, field):
                detail = f"fabric `{name}` is InfiniBand: its subnet manager gives LIDs, it has no addresses of ours"
                book.add("no use for an address", detail, f"remove `{field}`", fabric.at(field))
        return
    wanted = ["links", "loopbacks"] + (["links6", "loopbacks6"] if fabric.links6 or fabric.loopbacks6 else [])
    missing = [field for field in wanted if getattr(fabric, field) is None]
    if missing:
        keys = ", ".join(f"`{field}`" for field in missing)
        book.add("missing key", f"fabric `{name}` has no {keys}", f"add {keys}", fabric.at())


def _switch(owner: Switched, switch: Standing[SwitchNoun], book: Book) -> None:
    name, noun = switch.name, switch.noun
    if noun.tier not in _TIERS[owner.topology]:
        tiers = " and ".join(_TIERS[owner.topology])
        detail = f"`{name}` is of tier {noun.tier}; a {owner.topology} fabric has {tiers}"
        book.add("wrong tier", detail, "`topology: three-tier`, or another tier", noun.at("tier"))
    if _plane(noun) > owner.planes:
        detail = f"`{name}` is in plane {noun.plane}; its fabric has {owner.planes}"
        book.add("wrong plane", detail, f"`planes: {noun.plane}`, or another `plane`", noun.at("plane"))
    grouped = owner.grouped(noun.tier)
    word = "pod" if owner.topology == "three-tier" else "group"
    if grouped and not noun.group:
        detail = f"`{name}` does not say which {word} of the {owner.topology} fabric it belongs to"
        book.add("missing key", detail, f"add `group`, such as `group: {word}-1`", noun.at())
    elif noun.group and not grouped:
        detail = f"`{name}` has a group; a {noun.tier} of a {owner.topology} fabric belongs to none"
        book.add("no use for a group", detail, "remove `group`, or another `topology`", noun.at("group"))


def _plane(noun: SwitchNoun) -> int:
    """Return the plane; the first where its range could not be written out, which is a problem already."""
    return int(noun.plane) if str(noun.plane).isdecimal() else 1


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
