"""Declared nouns → `Site`: ranges written out, names unique, every reference checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from gigaworks.inventory.book import Book, Declared, twice
from gigaworks.inventory.catalog.catalogue import Catalogue
from gigaworks.inventory.model.hall import HallNoun
from gigaworks.inventory.model.network import Switched, SwitchNoun
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.override import ABSENT, OverridesNoun
from gigaworks.inventory.model.policy import PolicyNoun
from gigaworks.inventory.model.resolved import Site, Standing
from gigaworks.inventory.problem import Place, Problem
from gigaworks.inventory.ranges import HOST_NAME, RangeError, along, expand
from gigaworks.inventory.references import References
from gigaworks.inventory.repeat import Named, override, scalable_units
from gigaworks.inventory.source import Map

_T = TypeVar("_T", bound=Noun)


def resolve(declared: Declared, types: Catalogue) -> tuple[Site | None, list[Problem]]:
    """Return the site, and every name or reference that does not hold.

    The site is None where a noun that everything stands on is missing or a reference leads nowhere.
    """
    problems: list[Problem] = []
    if "site" not in declared.nouns and "site.yaml" not in declared.sources:
        detail = "site.yaml is not there, and no other file declares `site`"
        problems.append(Problem("missing file", detail, "`gigaworks init` writes an example", Place("site.yaml")))
    for kind in ("site", "boot"):
        if kind not in declared.nouns and declared.whole and not problems:
            fix = f"add `{kind}:` to site.yaml; `gigaworks init` writes an example"
            problems.append(Problem("missing key", f"no file declares `{kind}`", fix, Place("site.yaml")))
    if problems or not declared.whole:
        return None, problems
    nouns = declared.nouns
    site = Site(
        facts=nouns["site"][0],
        boot=nouns["boot"][0],
        policy=nouns["policy"][0] if "policy" in nouns else PolicyNoun(),
        catalogue=types,
        sources=dict(sorted(declared.sources.items())),
    )
    book = Book(declared.broken)
    names = _Names(site, book)
    names.names(nouns)
    References(site, book, names.hosts).check()
    whole = not book.problems and not declared.broken and not types.problems
    return site if whole else None, book.problems


class _Names:
    """Writes ranges out and puts each noun in its place."""

    def __init__(self, site: Site, book: Book) -> None:
        self.site = site
        self.book = book
        self.hosts: dict[str, Place] = {}  # host names: unique over the whole site
        self.racks: dict[str, Place] = {}  # rack names: unique over the whole site
        self.unit_switches: list[tuple[str, str, Named[SwitchNoun]]] = []  # fabric, scalable unit, what it adds to it

    def names(self, nouns: Mapping[str, Any]) -> None:
        """Write every range out and put each noun in its place."""
        site = self.site
        self._power(None, nouns.get("power", {}))
        halls = sorted(nouns.get("halls", {}).items())
        for hall, (noun, place) in halls:
            self._check_name(hall, place)
            site.halls[hall] = noun.named(place)
            self._hall(hall, noun, {**nouns.get("fabrics", {}), **nouns.get("networks", {})})
        for kind in ("networks", "fabrics", "profiles"):
            for name, (noun, place) in nouns.get(kind, {}).items():
                self._check_name(name, place)
                getattr(site, kind)[name] = noun.named(place)
        for name, (noun, place) in nouns.get("storage", {}).items():
            self._check_name(name, place)
            site.volumes[name] = noun.named(place)
        owners: dict[str, Switched] = {**site.networks, **site.fabrics}
        for name, owner in sorted(owners.items()):
            self._switches(name, {n: (v, owner.name_at("switches", n)) for n, v in owner.switches.items() if v.device})
        for name, unit, switches in self.unit_switches:
            self._switches(name, {n: (_of_unit(it, owners[name], unit), at) for n, (it, at) in switches.items()})
        for hall, (noun, _) in halls:
            if noun.overrides is not None:
                self._override(hall, noun.overrides)
        site.hardware = {name: noun.named(place) for name, (noun, place) in nouns.get("hardware", {}).items()}
        site.waivers = [noun.named(place) for noun, place in nouns.get("waivers", [])]

    def _hall(self, hall: str, noun: HallNoun, fabrics: Iterable[str]) -> None:
        self._power(hall, {n: (v, noun.name_at("power", n)) for n, v in noun.power.items()})
        self._cooling(hall, {n: (v, noun.name_at("cooling", n)) for n, v in noun.cooling.items()})
        for row, row_noun in noun.rows.items():
            self._check_name(row, noun.name_at("rows", row))
            self._racks(hall, row, {n: (v, row_noun.name_at("racks", n)) for n, v in row_noun.racks.items()})
        self._nodes(hall, {n: (v, noun.name_at("nodes", n)) for n, v in noun.nodes.items()})
        for key, unit_noun in noun.su.items():
            for unit in scalable_units(key, unit_noun, noun.name_at("su", key), self.book):
                self._check_name(unit.name, noun.name_at("su", key))
                self._power(hall, unit.named("power"))
                self._cooling(hall, unit.named("cooling"))
                self._racks(hall, unit.name, unit.named("racks"))
                self._nodes(hall, unit.named("nodes"))
                for fabric, switches in unit.switches().items():
                    if self.book.refer("fabric", fabric, fabrics, unit_noun.name_at("switches", fabric)):
                        self.unit_switches.append((fabric, unit.name, switches))

    def _power(self, hall: str | None, nouns: Named[Any]) -> None:
        for item in self._expand(nouns, hall, ""):
            self._once(self.site.power, item)

    def _cooling(self, hall: str, nouns: Named[Any]) -> None:
        """Take in loops and groups; a range is one group of as many units."""
        for name, (cooling, place) in nouns.items():
            members = self.book.all_names(name, place)
            for member in members:
                self._check_name(member, place)
            count = cooling.units or len(members)
            self._once(self.site.cooling, Standing(name, cooling.named(place, units=max(count, 1)), hall, "", name))

    def _racks(self, hall: str, row: str, nouns: Named[Any]) -> None:
        for rack in self._expand(nouns, hall, row):
            if rack.name in self.racks:
                self.book.problems.append(twice(rack.name, rack.noun.at(), self.racks[rack.name]))
            else:
                self.racks[rack.name] = rack.noun.at()
                self.site.racks[rack.key] = rack

    def _nodes(self, hall: str, nouns: Named[Any]) -> None:
        for node in self._expand(nouns, hall, ""):
            if self._host(node.name, node.noun.at()):
                self.site.nodes[node.name] = node

    def _switches(self, fabric: str, nouns: Named[Any]) -> None:
        for switch in self._expand(nouns, None, fabric):
            if self._host(switch.name, switch.noun.at()):
                self.site.switches[switch.name] = switch

    def _override(self, hall: str, noun: OverridesNoun) -> None:
        """Lay what differs over the nouns that it is about; one that is `absent` goes."""
        known: dict[str, tuple[str, dict[str, Standing[Any]]]] = {
            "power": ("power device", self.site.power),
            "racks": ("rack", self.site.racks),
            "nodes": ("node", self.site.nodes),
            "switches": ("switch", self.site.switches),
        }
        for kind, (what, items) in known.items():
            for key, part in getattr(noun, kind).items():
                names = self.book.all_names(key, noun.name_at(kind, key))
                for n, name in enumerate(names):
                    full = f"{hall}/{name}" if kind in ("power", "racks") else name
                    ours = items.get(full)
                    if ours is None or ours.hall not in (None, hall):
                        there = [item.name for item in items.values() if item.hall in (None, hall)]
                        self.book.refer(what, name, there, noun.name_at(kind, key))
                    elif part.get(ABSENT) is True:
                        del items[full]
                        self.hosts.pop(full, None)
                    else:
                        items[full] = self._overridden(ours, part, key, n, len(names))

    def _overridden(self, item: Standing[_T], part: Map, key: str, n: int, count: int) -> Standing[_T]:
        """Return a noun with what differs; ranges in it follow those of ``key``, of which this is name number ``n``."""
        made, problems = override(item.noun, part)
        self.book.problems += [p for p in problems if p not in self.book.problems]
        if made is None:
            self.book.broken.add(item.name)
            return item
        fields = {field: self._along(key, made, field, count)[n] for field in made.along if field in part}
        return replace(item, noun=made.named(made.at(), **fields))

    def _expand(self, nouns: Named[_T], hall: str | None, within: str) -> list[Standing[_T]]:
        """Return each noun once for each name its key stands for, fields in ``along`` following the key's ranges."""
        made: list[Standing[_T]] = []
        for key, (noun, place) in nouns.items():
            try:
                names = expand(key)
            except RangeError as error:
                self.book.problems.append(Problem("bad range", str(error), "", place))
                continue
            fields = [self._along(key, noun, field, len(names)) for field in noun.along]
            changed: dict[str, _T] = {}  # nouns that the same values fall to are one
            for name, *values in zip(names, *fields, strict=True):
                self._check_name(name, place)
                change = {field: value for field, value in zip(noun.along, values, strict=True) if value is not None}
                same = changed.get(repr(values))
                if same is None:
                    same = changed[repr(values)] = noun.named(place, **change)
                made.append(Standing(name, same, hall, within, key))
        return made

    def _along(self, key: str, noun: Noun, field: str, count: int) -> list[Any]:
        value = getattr(noun, field)
        if field in ("feeds", "parent") and isinstance(value, list):
            columns = [self._follow(key, field, item, noun.item_at(field, n), count) for n, item in enumerate(value)]
            return [list(row) for row in zip(*columns, strict=True)] if columns else [[]] * count
        if isinstance(value, str) and "[" in value:
            if field == "feeds":  # a text of several feeds is all of them, not one after the other
                return [self.book.all_names(value, noun.at(field))] * count
            if field == "cooling" and value in noun_names(self.site.cooling):
                return [value] * count
            return self._follow(key, field, value, noun.at(field), count)
        return [value] * count

    def _follow(self, key: str, field: str, value: str, place: Place, count: int) -> list[str]:
        try:
            return along(key, value)
        except RangeError as error:
            self.book.problems.append(
                Problem("bad range", str(error), f"give `{field}` as many names as the key has", place)
            )
            self.book.broken.add(value)
            return [value] * count

    def _once(self, known: dict[str, Standing[Any]], item: Standing[Any]) -> None:
        if item.key in known:
            self.book.problems.append(twice(item.name, item.noun.at(), known[item.key].noun.at()))
        else:
            known[item.key] = item

    def _host(self, name: str, place: Place) -> bool:
        if name in self.hosts:
            self.book.problems.append(twice(name, place, self.hosts[name]))
            return False
        self.hosts[name] = place
        return True

    def _check_name(self, name: str, place: Place) -> None:
        if not HOST_NAME.fullmatch(name):
            detail = (
                f"`{name[:80]}`: a name has small letters, digits and dashes, at most 63, as host names have (RFC 1123)"
            )
            self.book.add("bad name", detail, "", place)


def _of_unit(noun: SwitchNoun, owner: Switched, unit: str) -> SwitchNoun:
    """Return a switch of a scalable unit: its pod or group is the unit unless it says another."""
    return noun.model_copy(update={"group": unit}) if owner.grouped(noun.tier) and not noun.group else noun


def noun_names(items: Mapping[str, Standing[Any]]) -> set[str]:
    """Return the names of what stands in ``items``."""
    return {item.name for item in items.values()}
