"""Whether everything that a site refers to exists, and says enough to be designed."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from gigaworks.inventory.book import Book
from gigaworks.inventory.fabric_references import check_fabrics
from gigaworks.inventory.model.node import NodeNoun
from gigaworks.inventory.model.power import PowerNoun
from gigaworks.inventory.model.profile import ProfileNoun
from gigaworks.inventory.model.resolved import Site, Standing
from gigaworks.inventory.problem import Place

_T = TypeVar("_T")
_ItemT = TypeVar("_ItemT")


class References:
    """Follows every reference, and notes in the site where it leads."""

    def __init__(self, site: Site, book: Book, hosts: dict[str, Place]) -> None:
        self.site = site
        self.book = book
        self.hosts = hosts
        halls = (None, *site.halls)
        named = {hall: {p.name: key for key, p in site.power.items() if p.hall == hall} for hall in halls}
        self._power_in = {hall: named[None] | named[hall] for hall in halls}
        self._racks_in = {
            hall: {r.name: key for key, r in site.racks.items() if hall in (None, r.hall)} for hall in halls
        }
        self._cooling_in = {
            hall: {c.name: c.noun.kind for c in site.cooling.values() if c.hall == hall} for hall in halls
        }
        self._sound: dict[tuple[object, ...], Any] = {}  # what had no problem → where its references lead

    def check(self) -> None:
        """Check that everything that is referred to exists."""
        site = self.site
        for key, power in site.power.items():
            self._rating(power)
            parent = power.noun.parent
            names = self.book.all_names(parent, power.noun.at("parent")) if isinstance(parent, str) else parent
            site.parents[key] = self._power_keys(power, names, "parent")
        for key, cooling in site.cooling.items():
            feeds = cooling.noun.feeds
            names = self.book.all_names(feeds, cooling.noun.at("feeds")) if isinstance(feeds, str) else feeds
            site.feeds[key] = self._power_keys(cooling, names, "feeds")
            if cooling.noun.loop is not None:
                known = [name for name, kind in self._cooling_in[cooling.hall].items() if kind == "fws"]
                self.book.refer("loop", cooling.noun.loop, known, cooling.noun.at("loop"))
        for key, rack in site.racks.items():
            site.feeds[key], cooled_by = self._once((id(rack.noun), rack.hall), self._rack, rack)
            if cooled_by:
                site.cooled_by[key] = cooled_by
        for name, node in site.nodes.items():
            at, feeds = self._once((id(node.noun), node.hall), self._node, node)
            if at:
                site.rack_of[name], site.feeds[name] = at, feeds
        self._networks()
        for switch in site.switches.values():
            at = self._stands(switch.noun.rack, switch.noun.at("rack"))
            self._device(switch.noun.device, switch.noun.at("device"))
            if at:
                site.rack_of[switch.name] = at
            site.feeds[switch.name] = site.feeds.get(at or "", [])
        check_fabrics(site, self.book)
        self._rest()

    def _once(self, key: tuple[object, ...], follow: Callable[[_ItemT], _T], item: _ItemT) -> _T:
        """Return where an item's references lead; what has the same key and no problem is followed once."""
        if key in self._sound:
            return cast("_T", self._sound[key])
        before = len(self.book.problems)
        found = follow(item)
        if len(self.book.problems) == before:
            self._sound[key] = found
        return found

    def _rating(self, power: Standing[PowerNoun]) -> None:
        noun = power.noun
        by_modules = noun.module is not None and noun.modules is not None
        by_current = noun.rating is not None and noun.voltage is not None
        if not by_modules and not by_current and noun.capacity is None:
            detail = f"`{power.name}` does not say what it carries"
            self.book.add(
                "missing key", detail, "`capacity`, or `module` and `modules`, or `rating` and `voltage`", noun.at()
            )

    def _networks(self) -> None:
        site, boot = self.site, self.site.boot
        oob = [name for name, network in site.networks.items() if network.kind == "oob"]
        if len(oob) != 1:
            detail = f"a site has one network of kind oob; this one has {', '.join(oob) or 'none'}"
            place = (site.networks[oob[-1]] if oob else site.facts).at()
            self.book.add("wrong number of networks", detail, "one network of kind oob for every BMC and PDU", place)
        for network in site.networks.values():
            for switch in network.switches.values():
                racks = self.book.all_names(switch.rack, switch.at("rack"))
                at = [self._stands(rack, switch.at("rack")) for rack in racks][:1]
                for feed in switch.unswitched if at and at[0] else []:
                    self.book.refer("feed", feed, self._power_in[site.racks[at[0] or ""].hall], switch.at("unswitched"))
        if self.book.refer("network", boot.network, site.networks, boot.at("network")):
            network = site.networks[boot.network]
            if network.kind != "mgmt":
                detail = f"`{boot.network}` is of kind {network.kind}; nodes boot on a network of kind mgmt"
                self.book.add("wrong network", detail, "", boot.at("network"))

    def _rack(self, rack: Standing[Any]) -> tuple[list[str], str | None]:
        """Return a rack's feeds and what cools it."""
        noun, types = rack.noun, self.site.catalogue
        if self.book.refer("rack type", noun.type, types.names("rack-types"), noun.at("type")):
            kind = types.rack(noun.type)
            types.equipment(noun.type)  # reads it; what is wrong with it is the catalogue's problem
            if kind and noun.max_power is None and kind[1].max_power is None:
                detail = f"rack `{rack.name}` does not say what it may draw"
                self.book.add("missing key", detail, "add `max_power: 15 kW`", noun.at())
        feeds = self.book.all_names(noun.feeds, noun.at("feeds")) if isinstance(noun.feeds, str) else noun.feeds
        keys, cooling = self._power_keys(rack, feeds, "feeds"), None
        if noun.cooling is not None and self.book.refer(
            "cooling", noun.cooling, self._cooling_in[rack.hall], noun.at("cooling")
        ):
            cooling = f"{rack.hall}/{noun.cooling}"
        return keys, cooling

    def _node(self, node: Standing[Any]) -> tuple[str | None, list[str]]:
        """Return the key of a node's rack and the node's feeds."""
        noun, site = node.noun, self.site
        key = self._stands(noun.rack, noun.at("rack"), node.hall)
        self._once((noun.device, noun.at("device")), self._node_device, noun)
        self.book.refer("profile", noun.profile, site.profiles, noun.at("profile"))
        if key is None:
            return None, []
        if noun.feeds is None:
            return key, site.feeds.get(key, [])
        names = self.book.all_names(noun.feeds, noun.at("feeds")) if isinstance(noun.feeds, str) else noun.feeds
        rack_feeds = {f.rpartition("/")[2]: f for f in site.feeds.get(key, [])}
        return key, [
            rack_feeds[f]
            for f in names
            if self.book.refer(f"feed of rack {noun.rack}", f, rack_feeds, noun.at("feeds"))
        ]

    def _stands(self, rack: str, place: Place, hall: str | None = None) -> str | None:
        known = self._racks_in[hall]
        return known[rack] if self.book.refer("rack", rack, known, place) else None

    def _device(self, ref: str, place: Place) -> None:
        types = self.site.catalogue
        if self.book.refer("device type", ref, types.names("device-types"), place):
            types.device(ref)  # reads the file; what is wrong with it is the catalogue's problem

    def _node_device(self, noun: NodeNoun) -> None:
        self._device(noun.device, noun.at("device"))
        device = self.site.catalogue.device(noun.device)
        if device is None:
            return
        interfaces = [i.name for i in device.type.interfaces]
        for nic in device.overlay.nics:
            self.book.refer(f"interface of {noun.device}", nic, interfaces, device.overlay.name_at("nics", nic))
        arch, images = device.overlay.arch, self.site.boot.images
        if arch is None:
            detail = f"nobody says which architecture `{noun.device}` has"
            self.book.add("unknown architecture", detail, "add `arch` to an overlay of that device", noun.at("device"))
        elif "mgmt" not in device.nics.values():
            detail = f"`{noun.device}` has no interface for in-band management, from which nodes boot"
            self.book.add(
                "no NIC to boot from", detail, "name one in its overlay: `nics: {eth0: mgmt}`", noun.at("device")
            )
        elif arch not in images:
            detail = f"`{noun.device}` is {arch}; `boot.images` has {', '.join(sorted(images)) or 'nothing'}"
            self.book.add("no image", detail, f"add `{arch}:` to boot.images", noun.at("device"))

    def _power_keys(self, item: Standing[Any], names: Iterable[str], field: str) -> list[str]:
        known = self._power_in[item.hall]
        place = item.noun.at(field)
        if len(set(names)) != len(list(names)):
            self.book.add(
                "duplicate name", f"`{field}` of {item.name} names the same device twice", "remove one", place
            )
        what = "feed" if field == "feeds" else "power device"
        return [known[name] for name in names if self.book.refer(what, name, known, place)]

    def _rest(self) -> None:
        site = self.site
        for volume, noun in site.volumes.items():
            names = [noun.servers] if isinstance(noun.servers, str) else noun.servers
            servers = [s for name in names for s in self.book.all_names(name, noun.at("servers"))]
            site.servers[volume] = [s for s in servers if self.book.refer("node", s, site.nodes, noun.at("servers"))]
            names = [noun.metadata] if isinstance(noun.metadata, str) else noun.metadata
            servers = [s for name in names for s in self.book.all_names(name, noun.at("metadata"))]
            site.metadata[volume] = [s for s in servers if self.book.refer("node", s, site.nodes, noun.at("metadata"))]
        for name, hardware in site.hardware.items():
            self.book.refer("node or switch", name, self.hosts, hardware.at())
        for name, profile in site.profiles.items():
            self._profile(name, profile)

    def _profile(self, name: str, profile: ProfileNoun) -> None:
        seen = {name}
        step = profile
        while step.extends is not None:
            if not self.book.refer("profile", step.extends, self.site.profiles, step.at("extends")):
                return
            if step.extends == name:
                through = ", ".join(sorted(seen - {name})) or "itself"
                detail = f"profile `{name}` extends itself by way of {through}"
                self.book.add("circular profile", detail, "remove one `extends`", profile.at("extends"))
            if step.extends in seen:
                return
            seen.add(step.extends)
            step = self.site.profiles[step.extends]
        for n, call in enumerate(profile.roles):
            if isinstance(call, dict) and len(call) != 1:
                detail = f"a role is a name or `name: {{parameters}}`; here stand {len(call)} names"
                self.book.add("wrong value", detail, "begin each role with its own `-`", profile.item_at("roles", n))
