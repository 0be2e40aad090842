"""What differs between two blueprints, in the words of a person: pure, any two of the same or of different times."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec

from gigaworks.inventory.blueprint import Blueprint

# what a blueprint holds by name, in the order in which people ask
KINDS = (
    "halls", "racks", "nodes", "switches", "pdus", "power", "cooling", "networks", "volumes", "profiles",
    "domains", "rack_types", "device_types",
)  # fmt: skip
_SINGLE = ("site", "policy", "boot")
_SILENT = frozenset({"where", "origins"})  # a line that moved is no change
_KEYS = ("name", "role", "id")  # what names an item of a list


class Totals(msgspec.Struct, frozen=True, kw_only=True):
    """What an auditor counts; ``kw`` is the sum of the racks' draws, without devices of unknown draw."""

    halls: int = 0
    racks: int = 0
    nodes: int = 0
    accelerators: int = 0
    switches: int = 0
    cables: int = 0
    kw: float = 0.0
    unknown_draws: int = 0
    contracted_kw: float = 0.0


class Setting(msgspec.Struct, frozen=True, kw_only=True):
    """One setting that differs in the same way on every subject; ``None`` is absent."""

    kind: str  # of KINDS, or site, policy, boot, cables
    subjects: list[str]
    path: str
    before: Any = None
    after: Any = None
    where: str = ""


class RenderedFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file on a device, before and after; ``None`` is absent."""

    device: str
    file: str
    before: str | None
    after: str | None


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that differs between ``before`` and ``after``."""

    before: Totals
    after: Totals
    added: dict[str, list[str]] = {}
    removed: dict[str, list[str]] = {}
    changed: list[Setting] = []

    @property
    def empty(self) -> bool:
        """Whether both say the same."""
        return not (self.added or self.removed or self.changed)


def compare(before: Blueprint, after: Blueprint, counted: tuple[Totals, Totals] | None = None) -> Difference:
    """Return what differs; comparing the other way round gives the same with sides changed.

    Args:
        before: a blueprint, or what of it is not the same in ``after``.
        after: the other one.
        counted: the totals of both, where they are cut down to what is not the same.

    """
    added: dict[str, list[str]] = {}
    removed: dict[str, list[str]] = {}
    found: dict[tuple[str, str, bytes, bytes, str], list[str]] = defaultdict(list)
    pairs = [(kind, getattr(before, kind), getattr(after, kind)) for kind in KINDS]
    pairs.append(("cables", {cable.id: cable for cable in before.cables}, {cable.id: cable for cable in after.cables}))
    pairs += [(kind, {kind: getattr(before, kind)}, {kind: getattr(after, kind)}) for kind in _SINGLE]
    for kind, old, new in pairs:
        if new.keys() - old.keys():
            added[kind] = sorted(new.keys() - old.keys())
        if old.keys() - new.keys():
            removed[kind] = sorted(old.keys() - new.keys())
        for name in sorted(old.keys() & new.keys()):
            where = getattr(new[name], "where", "")
            if old[name] == (msgspec.structs.replace(new[name], where=old[name].where) if where else new[name]):
                continue
            members = _members(before, after, name) if kind == "profiles" else []
            subjects, said = (members, "nodes") if members else ([name], kind)
            both = msgspec.to_builtins(old[name]), msgspec.to_builtins(new[name])
            for path, one, other, at in _leaves(*both, "", where):
                found[said, path, msgspec.json.encode(one), msgspec.json.encode(other), at] += subjects
    told = {(path, one, other) for kind, path, one, other, _ in found if kind == "nodes"}
    changed = [
        Setting(
            kind=kind,
            subjects=subjects,
            path=path,
            before=msgspec.json.decode(one),
            after=msgspec.json.decode(other),
            where=at,
        )
        for (kind, path, one, other, at), subjects in found.items()
        if kind != "profiles" or (path, one, other) not in told  # inherited: the nodes have told it
    ]
    sides = counted or (totals(before), totals(after))
    return Difference(before=sides[0], after=sides[1], added=added, removed=removed, changed=changed)


def rendered(before: Blueprint, after: Blueprint) -> list[RenderedFile]:
    """Return the switch configurations that differ, as they are written to the switches."""
    ours = [{name: it for name, it in side.switches.items() if it.platform} for side in (before, after)]
    names = [name for name in sorted({**ours[0], **ours[1]}) if ours[0].get(name) != ours[1].get(name)]
    if not names:
        return []
    from gigaworks.stacks.switch.render import frr_conf

    files = [
        RenderedFile(
            device=name,
            file="frr.conf",
            before=frr_conf(ours[0][name]) if name in ours[0] else None,
            after=frr_conf(ours[1][name]) if name in ours[1] else None,
        )
        for name in names
    ]
    return [file for file in files if file.before != file.after]


def totals(blueprint: Blueprint) -> Totals:
    """Count what a blueprint holds."""
    counted = [node.sku.accelerators.count for node in blueprint.nodes.values() if node.sku.accelerators]
    return Totals(
        halls=len(blueprint.halls),
        racks=len(blueprint.racks),
        nodes=len(blueprint.nodes),
        accelerators=sum(counted),
        switches=len(blueprint.switches),
        cables=len(blueprint.cables),
        kw=round(sum(rack.draw_kw for rack in blueprint.racks.values()), 3),
        unknown_draws=sum(rack.unknown_draws for rack in blueprint.racks.values()),
        contracted_kw=blueprint.site.contracted_kw,
    )


def _members(before: Blueprint, after: Blueprint, profile: str) -> list[str]:
    """Return the nodes that had a profile and have it now."""
    return [name for name, node in after.nodes.items() if node.profile == profile and name in before.nodes]


def _leaves(
    before: Any, after: Any, path: str, where: str, origins: dict[str, str] | None = None
) -> Iterator[tuple[str, Any, Any, str]]:
    """Yield each place at which two plain values differ: path, both values, where it is declared."""
    if before == after:
        return
    before, after = _keyed(before, after), _keyed(after, before)
    if not (isinstance(before, dict) and isinstance(after, dict)):
        yield path, before, after, where
        return
    where = str(after.get("where") or where)
    for key in [*before, *(key for key in after if key not in before)]:
        if key not in _SILENT:
            inner = path if key in ("roles", "params") else f"{path}.{key}" if path else str(key)
            at = (origins or {}).get(key, where)
            declared = after.get("origins") if key == "params" else None
            yield from _leaves(before.get(key), after.get(key), inner, at, declared)


def _keyed(it: Any, other: Any) -> Any:
    """Return a list of named things as a mapping, so that an item added in the middle renumbers nothing."""
    if not isinstance(it, list) or not isinstance(other, list | dict):
        return it
    for key in _KEYS:
        if it and all(isinstance(item, dict) and key in item for item in it):
            names = [str(item[key]) for item in it]
            if len(set(names)) == len(names):
                return dict(zip(names, it, strict=True))
    return it or ({} if isinstance(other, dict) else it)
