"""Blueprint → targets: what each node's roles need to know, and how it is entered. Pure."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network
from pathlib import Path

from gigaworks.inventory.blueprint import Blueprint, Node, RoleCall
from gigaworks.roles import catalog
from gigaworks.roles.target import Context, HostEntry, Mount, Route, SiteContext, Target

FABRIC = ("compute", "storage")


def fabric_name(node: str) -> str:
    """Return the name under which a node is known on its first fabric NIC."""
    return f"{node}-fabric"


def configuring(calls: list[RoleCall]) -> list[RoleCall]:
    """Return the roles for plan and apply: all of them, for a role that measures also sets what it needs."""
    return list(calls)


def measuring(calls: list[RoleCall], roles_folder: Path | None = None) -> list[RoleCall]:
    """Return the roles that measure: run alone, in mode ``check``, before a node is in service."""
    known = catalog.names(roles_folder)
    return [call for call in calls if call.role in known and catalog.role(call.role, roles_folder).measures]


def site_context(blueprint: Blueprint) -> SiteContext:
    """Return what is the same for all nodes; make it once and hand it to every ``target_for``."""
    hosts: list[HostEntry] = []
    for name, node in sorted(blueprint.nodes.items()):
        address = _address(node.nics[0].address) if node.nics else None
        if address:
            hosts.append(HostEntry(address=address, names=[name]))
        if fabric := fabric_address(node):
            hosts.append(HostEntry(address=fabric, names=[fabric_name(name)]))
    return SiteContext(
        domain=blueprint.site.domain,
        lab=blueprint.site.lab,
        hosts=hosts,
        time_servers=sorted(
            name
            for name, node in blueprint.nodes.items()
            if any(call.role == "time" and call.params.get("serve") for call in _roles(blueprint, node))
        ),
        volumes=[
            Mount(name=name, servers=[fabric_name(s) for s in volume.servers], brick=volume.brick, path=volume.mount)
            for name, volume in sorted(blueprint.volumes.items())
        ],
    )


def target_for(
    blueprint: Blueprint,
    node: Node,
    site: SiteContext,
    *,
    key_file: Path,
    known_hosts: Path,
    roles: list[RoleCall] | None = None,
    roles_folder: Path | None = None,
    user: str = "root",
) -> Target:
    """Return the target of a node; ``roles`` narrows its profile's, see ``configuring`` and ``measuring``.

    Raises:
        ValueError: the node has no management address.
    """
    address = _address(node.nics[0].address) if node.nics else None
    if address is None:
        raise ValueError(f"node {node.name} has no management address")
    return Target(
        name=node.name,
        address=address,
        user=user,
        key_file=str(key_file.resolve()),
        known_hosts=str(known_hosts.resolve()),
        arch=node.arch,
        roles=_roles(blueprint, node) if roles is None else roles,
        context=context_for(blueprint, node, site),
        roles_folder=str(roles_folder.resolve()) if roles_folder and roles_folder.is_dir() else "",
    )


def context_for(blueprint: Blueprint, node: Node, site: SiteContext) -> Context:
    """Return what the roles know about a node."""
    return Context(
        name=node.name,
        address=(node.nics[0].address or "").partition("/")[0] if node.nics else "",
        arch=node.arch,
        nics=node.nics,
        routes=_routes(blueprint, node),
        accelerators=node.sku.accelerators,
        bricks=[volume.brick for _, volume in sorted(blueprint.volumes.items()) if node.name in volume.servers],
        mounts=[name for name, volume in sorted(blueprint.volumes.items()) if node.name not in volume.servers],
        peer=_peer(blueprint, node),
        site=site,
    )


def fabric_address(node: Node) -> str | None:
    """Return the address of the node's first fabric NIC, without prefix length."""
    return next((_address(nic.address) for nic in node.nics if nic.fabric in FABRIC and nic.address), None)


def _address(interface: str | None) -> str | None:
    return str(ip_interface(interface).ip) if interface else None


def _roles(blueprint: Blueprint, node: Node) -> list[RoleCall]:
    profile = blueprint.profiles.get(node.profile)
    return list(profile.roles) if profile else []


def _routes(blueprint: Blueprint, node: Node) -> list[Route]:
    """Return each fabric prefix over all NICs of that fabric that have a gateway, but not prefixes within others."""
    routes = []
    for kind in FABRIC:
        via = [(nic.gateway, nic.name) for nic in node.nics if nic.fabric == kind and nic.gateway]
        prefixes = sorted({ip_network(n.prefix) for n in blueprint.networks.values() if n.kind == kind}, key=str)
        for prefix in prefixes:
            wider = any(other != prefix and _within(str(prefix), str(other)) for other in prefixes)
            if via and not wider:
                routes.append(Route(prefix=str(prefix), via=via))
    return routes


def _within(inner: str, outer: str) -> bool:
    a, b = ip_network(inner), ip_network(outer)
    return a.version == b.version and a.network_address in b and a.prefixlen >= b.prefixlen


def _peer(blueprint: Blueprint, node: Node) -> str | None:
    """Return the iperf3 endpoint to measure against: of an earlier stage, spread by the place in the own stage."""
    own = blueprint.profiles[node.profile].stage if node.profile in blueprint.profiles else 2
    endpoints, like = [], []
    for name, other in sorted(blueprint.nodes.items()):
        profile = blueprint.profiles.get(other.profile)
        if profile is None or fabric_address(other) is None:
            continue
        if profile.stage < own and any(c.role == "acceptance" and c.params.get("serve") for c in profile.roles):
            endpoints.append(name)
        if profile.stage == own:
            like.append(name)
    if not endpoints or node.name not in like:
        return None
    return fabric_name(endpoints[like.index(node.name) % len(endpoints)])
