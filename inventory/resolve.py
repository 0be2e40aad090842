"""Declared nouns → `Site`: ranges written out, names unique, every reference checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from gigaworks.inventory.catalog.catalogue import Catalogue
from gigaworks.inventory.model.hall import HallNoun
from gigaworks.inventory.model.node import NodeNoun
from gigaworks.inventory.model.noun import Noun
from gigaworks.inventory.model.policy import PolicyNoun
from gigaworks.inventory.model.power import PowerNoun
from gigaworks.inventory.model.profile import ProfileNoun
from gigaworks.inventory.model.resolved import Site, Standing
from gigaworks.inventory.problem import Place, Problem
from gigaworks.inventory.ranges import HOST_NAME, RangeError, along, did_you_mean, expand

_T = TypeVar("_T", bound=Noun)


class Declared:
    """The nouns of all files, merged by name."""

    def __init__(self, folder: str) -> None:
        self.folder = folder
        self.sources: dict[str, str] = {}
        self.nouns: dict[str, Any] = {}
        self.broken: set[str] = set()  # names whose entry could not be read: references to them are not judged
        self.whole = True  # every file could be read

    def take(self, nouns: Mapping[str, Any]) -> list[Problem]:
        """Add the nouns of one file; a name or a single noun that was there before is a problem."""
        problems = []
        for kind, value in nouns.items():
            if isinstance(value, list):
                self.nouns.setdefault(kind, []).extend(value)
            elif isinstance(value, tuple):
                if kind in self.nouns:
                    problems.append(_twice(kind, value[1], self.nouns[kind][1]))
                else:
                    self.nouns[kind] = value
            else:
                known = self.nouns.setdefault(kind, {})
                for name, (noun, place) in value.items():
                    if name in known:
                        problems.append(_twice(name, place, known[name][1]))
                    else:
                        known[name] = (noun, place)
        return problems


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
    resolver = _Resolver(site, declared)
    resolver.names(nouns)
    resolver.references()
    whole = not resolver.problems and not declared.broken and not types.problems
    return site if whole else None, resolver.problems


def _twice(name: str, here: Place, there: Place) -> Problem:
    detail = f"`{name}` stands here and at {there}"
    return Problem("duplicate name", detail, "remove or rename one of them", here)


class _Resolver:
    def __init__(self, site: Site, declared: Declared) -> None:
        self.site = site
        self.problems: list[Problem] = []
        self.broken: set[str] = set()
        for name in declared.broken:
            try:
                self.broken |= {name, *expand(name)}
            except RangeError:
                self.broken.add(name)
        self.hosts: dict[str, Place] = {}  # host names: unique over the whole site

    # names

    def names(self, nouns: Mapping[str, Any]) -> None:
        """Write every range out and put each noun in its place."""
        site = self.site
        self._power(None, nouns.get("power", {}))
        racks_at: dict[str, Place] = {}
        for hall, (noun, place) in sorted(nouns.get("halls", {}).items()):
            self._check_name(hall, place)
            site.halls[hall] = noun.named(place)
            self._hall(hall, noun, racks_at)
        for kind in ("networks", "fabrics", "profiles"):
            for name, (noun, place) in nouns.get(kind, {}).items():
                self._check_name(name, place)
                getattr(site, kind)[name] = noun.named(place)
        for name, (noun, place) in nouns.get("storage", {}).items():
            self._check_name(name, place)
            site.volumes[name] = noun.named(place)
        for name, fabric in sorted(site.fabrics.items()):
            for item in self._expand(fabric.switches, fabric, "switches", None, name):
                if self._host(item.name, item.noun.at()):
                    site.switches[item.name] = item
        site.hardware = {name: noun.named(place) for name, (noun, place) in nouns.get("hardware", {}).items()}
        site.waivers = [noun.named(place) for noun, place in nouns.get("waivers", [])]

    def _power(self, hall: str | None, nouns: Mapping[str, Any]) -> None:
        for item in self._expand(
            {n: v[0] for n, v in nouns.items()}, {n: v[1] for n, v in nouns.items()}, "", hall, ""
        ):
            self._once(self.site.power, item)

    def _hall(self, hall: str, noun: HallNoun, racks_at: dict[str, Place]) -> None:
        site = self.site
        self._power(hall, {n: (v, noun.name_at("power", n)) for n, v in noun.power.items()})
        for name, cooling in noun.cooling.items():
            place = noun.name_at("cooling", name)
            try:
                members = expand(name)
            except RangeError as error:
                self.problems.append(Problem("bad range", str(error), "", place))
                continue
            for member in members:
                self._check_name(member, place)
            count = cooling.units or len(members)
            site.cooling[f"{hall}/{name}"] = Standing(name, cooling.named(place, units=count), hall, "", name)
        for row, row_noun in noun.rows.items():
            self._check_name(row, noun.name_at("rows", row))
            for rack in self._expand(row_noun.racks, row_noun, "racks", hall, row):
                if rack.name in racks_at:
                    self.problems.append(_twice(rack.name, rack.noun.at(), racks_at[rack.name]))
                else:
                    racks_at[rack.name] = rack.noun.at()
                    site.racks[rack.key] = rack
        for node in self._expand(noun.nodes, noun, "nodes", hall, ""):
            if self._host(node.name, node.noun.at()):
                site.nodes[node.name] = node

    def _expand(
        self, nouns: Mapping[str, _T], owner: Any, field: str, hall: str | None, within: str
    ) -> list[Standing[_T]]:
        """Return each noun once for each name its key stands for, fields in ``along`` following the key's ranges."""
        made: list[Standing[_T]] = []
        for key, noun in nouns.items():
            place = owner[key] if isinstance(owner, dict) else owner.name_at(field, key)
            try:
                names = expand(key)
            except RangeError as error:
                self.problems.append(Problem("bad range", str(error), "", place))
                continue
            changes: list[dict[str, Any]] = [{} for _ in names]
            for name in noun.along:
                for change, value in zip(changes, self._along(key, noun, name, len(names)), strict=True):
                    if value is not None:
                        change[name] = value
            for name, change in zip(names, changes, strict=True):
                self._check_name(name, place)
                made.append(Standing(name, noun.named(place, **change), hall, within, key))
        return made

    def _along(self, key: str, noun: Noun, field: str, count: int) -> list[Any]:
        value = getattr(noun, field)
        if field in ("feeds", "parent") and isinstance(value, list):
            columns = [self._follow(key, field, item, noun.item_at(field, n), count) for n, item in enumerate(value)]
            return [list(row) for row in zip(*columns, strict=True)] if columns else [[]] * count
        if isinstance(value, str) and "[" in value:
            if field == "feeds":  # a text of several feeds is all of them, not one after the other
                return [self._all(value, noun.at(field))] * count
            if field == "cooling" and value in noun_names(self.site.cooling):
                return [value] * count
            return self._follow(key, field, value, noun.at(field), count)
        return [value] * count

    def _follow(self, key: str, field: str, value: str, place: Place, count: int) -> list[str]:
        try:
            return along(key, value)
        except RangeError as error:
            self.problems.append(
                Problem("bad range", str(error), f"give `{field}` as many names as the key has", place)
            )
            self.broken.add(value)
            return [value] * count

    def _all(self, value: str, place: Place) -> list[str]:
        try:
            return expand(value)
        except RangeError as error:
            self.problems.append(Problem("bad range", str(error), "", place))
            return []

    def _once(self, known: dict[str, Standing[Any]], item: Standing[Any]) -> None:
        if item.key in known:
            self.problems.append(_twice(item.name, item.noun.at(), known[item.key].noun.at()))
        else:
            known[item.key] = item

    def _host(self, name: str, place: Place) -> bool:
        if name in self.hosts:
            self.problems.append(_twice(name, place, self.hosts[name]))
            return False
        self.hosts[name] = place
        return True

    def _check_name(self, name: str, place: Place) -> None:
        if not HOST_NAME.fullmatch(name):
            detail = (
                f"`{name[:80]}`: a name has small letters, digits and dashes, at most 63, as host names have (RFC 1123)"
            )
            self._add("bad name", detail, "", place)

    # references

    def references(self) -> None:
        """Check that everything that is referred to exists."""
        site = self.site
        for key, power in site.power.items():
            self._rating(power)
            parent = power.noun.parent
            names = self._all(parent, power.noun.at("parent")) if isinstance(parent, str) else parent
            site.parents[key] = self._power_keys(power, names, "parent")
        for key, cooling in site.cooling.items():
            feeds = cooling.noun.feeds
            names = self._all(feeds, cooling.noun.at("feeds")) if isinstance(feeds, str) else feeds
            site.feeds[key] = self._power_keys(cooling, names, "feeds")
            if cooling.noun.loop is not None:
                known = [c.name for c in site.cooling.values() if c.hall == cooling.hall and c.noun.kind == "fws"]
                self._refer("loop", cooling.noun.loop, known, cooling.noun.at("loop"))
        for rack in site.racks.values():
            self._rack(rack)
        for node in site.nodes.values():
            self._node(node)
        self._networks()
        for switch in site.switches.values():
            self._stands(switch.name, switch.noun.rack, switch.noun.at("rack"))
            self._device(switch.noun.device, switch.noun.at("device"))
            site.feeds[switch.name] = site.feeds.get(site.rack_of.get(switch.name, ""), [])
        self._rest()

    def _rating(self, power: Standing[PowerNoun]) -> None:
        noun = power.noun
        by_modules = noun.module is not None and noun.modules is not None
        by_current = noun.rating is not None and noun.voltage is not None
        if not by_modules and not by_current and noun.capacity is None:
            detail = f"`{power.name}` does not say what it carries"
            self._add(
                "missing key", detail, "`capacity`, or `module` and `modules`, or `rating` and `voltage`", noun.at()
            )

    def _networks(self) -> None:
        site, boot = self.site, self.site.boot
        oob = [name for name, network in site.networks.items() if network.kind == "oob"]
        if len(oob) != 1:
            detail = f"a site has one network of kind oob; this one has {', '.join(oob) or 'none'}"
            place = (site.networks[oob[-1]] if oob else site.facts).at()
            self._add("wrong number of networks", detail, "one network of kind oob for every BMC and PDU", place)
        for name, fabric in site.fabrics.items():
            if not any(s.within == name and s.noun.tier == "leaf" for s in site.switches.values()):
                detail = f"fabric `{name}` has no switch of tier leaf, so nothing can be plugged in"
                self._add(
                    "no leaf", detail, "add `leaf-[1-2]: {tier: leaf, ...}` to its switches", fabric.at("switches")
                )
        if self._refer("network", boot.network, site.networks, boot.at("network")):
            network = site.networks[boot.network]
            if network.kind != "mgmt":
                detail = f"`{boot.network}` is of kind {network.kind}; nodes boot on a network of kind mgmt"
                self._add("wrong network", detail, "", boot.at("network"))

    def _rack(self, rack: Standing[Any]) -> None:
        noun, types = rack.noun, self.site.catalogue
        if self._refer("rack type", noun.type, types.names("rack-types"), noun.at("type")):
            kind = types.rack(noun.type)
            if kind and noun.max_power is None and kind[1].max_power is None:
                detail = f"rack `{rack.name}` does not say what it may draw"
                self._add("missing key", detail, "add `max_power: 15 kW`", noun.at())
        feeds = self._all(noun.feeds, noun.at("feeds")) if isinstance(noun.feeds, str) else noun.feeds
        self.site.feeds[rack.key] = self._power_keys(rack, feeds, "feeds")
        if noun.cooling is not None:
            known = [c.name for c in self.site.cooling.values() if c.hall == rack.hall]
            if self._refer("cooling", noun.cooling, known, noun.at("cooling")):
                self.site.cooled_by[rack.key] = f"{rack.hall}/{noun.cooling}"

    def _node(self, node: Standing[Any]) -> None:
        noun, site = node.noun, self.site
        self._stands(node.name, noun.rack, noun.at("rack"), node.hall)
        self._node_device(noun)
        self._refer("profile", noun.profile, site.profiles, noun.at("profile"))
        key = site.rack_of.get(node.name)
        if key is None:
            return
        if noun.feeds is None:
            site.feeds[node.name] = site.feeds.get(key, [])
            return
        names = self._all(noun.feeds, noun.at("feeds")) if isinstance(noun.feeds, str) else noun.feeds
        rack_feeds = {f.rpartition("/")[2]: f for f in site.feeds.get(key, [])}
        site.feeds[node.name] = [
            rack_feeds[f] for f in names if self._refer(f"feed of rack {noun.rack}", f, rack_feeds, noun.at("feeds"))
        ]

    def _stands(self, name: str, rack: str, place: Place, hall: str | None = None) -> None:
        known = {r.name: key for key, r in self.site.racks.items() if hall in (None, r.hall)}
        if self._refer("rack", rack, known, place):
            self.site.rack_of[name] = known[rack]

    def _device(self, ref: str, place: Place) -> None:
        types = self.site.catalogue
        if self._refer("device type", ref, types.names("device-types"), place):
            types.device(ref)  # reads the file; what is wrong with it is the catalogue's problem

    def _node_device(self, noun: NodeNoun) -> None:
        self._device(noun.device, noun.at("device"))
        device = self.site.catalogue.device(noun.device)
        if device is None:
            return
        interfaces = [i.name for i in device.type.interfaces]
        for nic in device.overlay.nics:
            self._refer(f"interface of {noun.device}", nic, interfaces, device.overlay.name_at("nics", nic))
        arch, images = device.overlay.arch, self.site.boot.images
        if arch is None:
            detail = f"nobody says which architecture `{noun.device}` has"
            self._add("unknown architecture", detail, "add `arch` to an overlay of that device", noun.at("device"))
        elif "mgmt" not in device.nics.values():
            detail = f"`{noun.device}` has no interface for in-band management, from which nodes boot"
            self._add("no NIC to boot from", detail, "name one in its overlay: `nics: {eth0: mgmt}`", noun.at("device"))
        elif arch not in images:
            detail = f"`{noun.device}` is {arch}; `boot.images` has {', '.join(sorted(images)) or 'nothing'}"
            self._add("no image", detail, f"add `{arch}:` to boot.images", noun.at("device"))

    def _power_keys(self, item: Standing[Any], names: Iterable[str], field: str) -> list[str]:
        known = {p.name: key for key, p in self.site.power.items() if p.hall is None}
        known |= {p.name: key for key, p in self.site.power.items() if p.hall == item.hall and item.hall}
        place = item.noun.at(field)
        if len(set(names)) != len(list(names)):
            self._add("duplicate name", f"`{field}` of {item.name} names the same device twice", "remove one", place)
        what = "feed" if field == "feeds" else "power device"
        return [known[name] for name in names if self._refer(what, name, known, place)]

    def _rest(self) -> None:
        site = self.site
        for volume, noun in site.volumes.items():
            names = [noun.servers] if isinstance(noun.servers, str) else noun.servers
            servers = [s for name in names for s in self._all(name, noun.at("servers"))]
            site.servers[volume] = [s for s in servers if self._refer("node", s, site.nodes, noun.at("servers"))]
        for name, hardware in site.hardware.items():
            self._refer("node or switch", name, self.hosts, hardware.at())
        for name, profile in site.profiles.items():
            self._profile(name, profile)

    def _profile(self, name: str, profile: ProfileNoun) -> None:
        seen = {name}
        step = profile
        while step.extends is not None:
            if not self._refer("profile", step.extends, self.site.profiles, step.at("extends")):
                return
            if step.extends == name:
                through = ", ".join(sorted(seen - {name})) or "itself"
                detail = f"profile `{name}` extends itself by way of {through}"
                self._add("circular profile", detail, "remove one `extends`", profile.at("extends"))
            if step.extends in seen:
                return
            seen.add(step.extends)
            step = self.site.profiles[step.extends]
        for n, call in enumerate(profile.roles):
            if isinstance(call, dict) and len(call) != 1:
                detail = f"a role is a name or `name: {{parameters}}`; here stand {len(call)} names"
                self._add("wrong value", detail, "begin each role with its own `-`", profile.item_at("roles", n))

    def _refer(self, what: str, name: str, known: Iterable[str], place: Place) -> bool:
        if name in known:
            return True
        if name not in self.broken:
            names = sorted(known)
            known_ones = f"known: {', '.join(names[:8])}{', ...' if len(names) > 8 else ''}" if names else ""
            fix = did_you_mean(name, names) or known_ones
            self._add(f"unknown {what.partition(' of ')[0]}", f"there is no {what} `{name}`", fix, place)
        return False

    def _add(self, summary: str, detail: str, fix: str, place: Place) -> None:
        problem = Problem(summary, detail, fix, place)
        if problem not in self.problems:
            self.problems.append(problem)


def noun_names(items: Mapping[str, Standing[Any]]) -> set[str]:
    """Return the names of what stands in ``items``."""
    return {item.name for item in items.values()}
