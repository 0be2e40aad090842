"""What a node's installation and its configuration follow from, as digests, and in words what changed."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator, Mapping
from functools import lru_cache
from ipaddress import ip_interface
from typing import Any

from gigaworks.inventory.blueprint import Blueprint, Node, RoleCall
from gigaworks.inventory.canonical import digest

FABRIC = ("compute", "storage")
_SHOWN = 3  # entries of a long list that a change names
Change = dict[str, Any]  # role, summary, before, after, where


def node_spec_digest(blueprint: Blueprint, node: Node, image_sha256: str | None = None) -> dict[str, str]:
    """Return the digests ``install`` (image, identity, boot NIC) and ``configure`` (roles and the facts they read).

    Where something is declared (file, line) changes neither, and another node changes only what lists all nodes.
    """
    site = _site(blueprint)
    roles = [
        [call.role, call.params, site.digests_for(call.role), _own_facts(blueprint, node, call.role)]
        for call in _calls(blueprint, node)
    ]
    return {
        "install": digest({**_installation(blueprint, node), "image_sha256": image_sha256}),
        "configure": digest({"arch": node.arch, "roles": roles}),
    }


def explain_change(old: Blueprint, new: Blueprint, node: Node) -> list[Change]:
    """Return what differs for a node between two blueprints: role, summary, before, after, where (``file:line``).

    An installation's facts come under the role ``install``. A node that the old one lacks has no changes: it is new.
    """
    was = old.nodes.get(node.name)
    if was is None:
        return []
    disk_was, disk = _installation(old, was), _installation(new, node)
    changes = [
        _change("install", key, disk_was[key], disk[key], node.where) for key in disk if disk_was[key] != disk[key]
    ]
    old_calls, new_calls = _numbered(_calls(old, was)), _numbered(_calls(new, node))
    for key, call in new_calls.items():
        if key not in old_calls:
            changes.append(_change(call.role, "role", None, "added", call.where))
            continue
        changes += _params_changed(old_calls[key], call)
        if key[1] == 1:
            mine = _changed(_own_facts(old, was, call.role), _own_facts(new, node, call.role))
            for fact, before, after in (*_site_changed(_site(old), _site(new)), *mine):
                if fact in _READS.get(call.role, _ALL):
                    changes.append(_change(call.role, fact, before, after, call.where))
    changes += [
        _change(call.role, "role", "present", None, call.where)
        for key, call in old_calls.items()
        if key not in new_calls
    ]
    return changes


def _calls(blueprint: Blueprint, node: Node) -> list[RoleCall]:
    return blueprint.profiles[node.profile].roles


def _numbered(calls: list[RoleCall]) -> dict[tuple[str, int], RoleCall]:
    """Return the calls by role and how many-th of that role they are: a profile may call one role twice."""
    seen: Counter[str] = Counter()
    found = {}
    for call in calls:
        seen[call.role] += 1
        found[call.role, seen[call.role]] = call
    return found


def _installation(blueprint: Blueprint, node: Node) -> dict[str, Any]:
    nic = node.nics[0]
    return {
        "name": node.name,
        "domain": blueprint.site.domain,
        "arch": node.arch,
        "image": blueprint.boot.images.get(node.arch),
        "boot NIC": f"{nic.name} {nic.mac}",
        "address": nic.address,
        "gateway": nic.gateway,
        "mtu": nic.mtu,
    }


class _SiteFacts:
    """What roles read that is the same for all nodes, with its digests; made once for a blueprint."""

    def __init__(self, blueprint: Blueprint) -> None:
        self.blueprint = blueprint
        self.facts = {name: fact(blueprint) for name, fact in _SITE_FACTS.items()}
        self._digests = {name: digest(fact) for name, fact in self.facts.items()}

    def digests_for(self, role: str) -> dict[str, str]:
        """Return the digests of the facts that a role reads."""
        return {name: self._digests[name] for name in _READS.get(role, _ALL) if name in self._digests}


_recent: deque[_SiteFacts] = deque(maxlen=4)  # blueprints are compared by identity: they never change


def _site(blueprint: Blueprint) -> _SiteFacts:
    for known in list(_recent):
        if known.blueprint is blueprint:
            return known
    _recent.append(_SiteFacts(blueprint))
    return _recent[-1]


def _own_facts(blueprint: Blueprint, node: Node, role: str) -> dict[str, dict[str, str]]:
    reads = _READS.get(role, _ALL)
    return {name: fact(blueprint, node) for name, fact in _NODE_FACTS.items() if name in reads}


def _hosts(blueprint: Blueprint) -> dict[str, str]:
    hosts = {}
    for name, node in blueprint.nodes.items():
        for host, nic in ((name, node.nics[:1]), (f"{name}-fabric", [n for n in node.nics if n.fabric in FABRIC])):
            if address := next((each.address for each in nic if each.address), None):
                hosts[host] = str(ip_interface(address).ip)
    return hosts


def _nics(_blueprint: Blueprint, node: Node) -> dict[str, str]:
    return {
        nic.name: " ".join(map(str, (nic.mac, nic.address or "unnumbered", f"via {nic.gateway}", f"mtu {nic.mtu}")))
        for nic in node.nics
    }


def _routes(blueprint: Blueprint) -> dict[str, str]:
    return {name: network.prefix for name, network in blueprint.networks.items() if network.kind in FABRIC}


def _time_servers(blueprint: Blueprint) -> dict[str, str]:
    serving = {
        name
        for name, profile in blueprint.profiles.items()
        if any(call.role == "time" and call.params.get("serve") for call in profile.roles)
    }
    return {name: "serves" for name, node in blueprint.nodes.items() if node.profile in serving}


def _volumes(blueprint: Blueprint, node: Node) -> dict[str, str]:
    return {
        name: f"{','.join(volume.servers)}:{volume.brick} on {volume.mount}"
        for name, volume in blueprint.volumes.items()
        if node.name not in volume.servers
    }


def _bricks(blueprint: Blueprint, node: Node) -> dict[str, str]:
    return {name: volume.brick for name, volume in blueprint.volumes.items() if node.name in volume.servers}


def _accelerators(_blueprint: Blueprint, node: Node) -> dict[str, str]:
    found = node.sku.accelerators
    return {found.model: f"{found.count} {found.vendor}"} if found else {}


_SITE_FACTS = {"hosts": _hosts, "fabric prefixes": _routes, "time servers": _time_servers}
_NODE_FACTS = {"NICs": _nics, "volumes": _volumes, "bricks": _bricks, "accelerators": _accelerators}
_ALL = (*_SITE_FACTS, *_NODE_FACTS)  # what a role may read that is not ours
_READS: dict[str, tuple[str, ...]] = {
    "base": ("hosts", "NICs", "fabric prefixes"),
    "time": ("time servers",),
    "kernel": (),
    "accelerators": ("accelerators",),
    "arm": (),
    "riscv": (),
    "storage_client": ("volumes",),
    "storage_server": ("bricks",),
    "observability": (),
    "acceptance": (),
}


def _params_changed(old: RoleCall, new: RoleCall) -> Iterator[Change]:
    for key in sorted({*old.params, *new.params}):
        where = new.origins.get(key) or new.where
        before, after = dict(_leaves(key, old.params.get(key))), dict(_leaves(key, new.params.get(key)))
        for leaf in sorted({*before, *after}):
            if before.get(leaf) != after.get(leaf):
                yield _change(new.role, leaf, before.get(leaf), after.get(leaf), where)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Return the scalar and list values under a parameter, named as a person would say it: ``sysctl vm.swappiness``."""
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(f"{path} {key}", inner)
    elif value is not None:
        yield path, value


@lru_cache(maxsize=4)
def _site_changed(old: _SiteFacts, new: _SiteFacts) -> list[tuple[str, str | None, str | None]]:
    return _changed(old.facts, new.facts)


def _changed(
    old: Mapping[str, dict[str, str]], new: Mapping[str, dict[str, str]]
) -> list[tuple[str, str | None, str | None]]:
    """Return (fact, what changed as it was, as it is) for every fact with another entry."""
    found = []
    for fact, after in new.items():
        before = old[fact]
        if keys := sorted(key for key in {*before, *after} if before.get(key) != after.get(key)):
            found.append((fact, _some(before, keys), _some(after, keys)))
    return found


def _some(entries: Mapping[str, str], keys: list[str]) -> str | None:
    found = [f"{key} {entries[key]}" for key in keys if key in entries]
    more = [f"and {len(found) - _SHOWN} more"] if len(found) > _SHOWN else []
    return ", ".join([*found[:_SHOWN], *more]) or None


def _change(role: str, summary: str, before: Any, after: Any, where: str) -> Change:
    return {"role": role, "summary": summary, "before": before, "after": after, "where": where}
