"""Blueprint → targets: what each node's roles need to know, and how it is entered. Pure."""

from __future__ import annotations

from ipaddress import ip_interface, ip_network
from pathlib import Path

from gigaworks.inventory.blueprint import Blueprint, Node, RoleCall
from gigaworks.roles import catalog
from gigaworks.roles.target import (
    ComputeNode,
    Context,
    HostEntry,
    Mount,
    Prefix,
    Route,
    Scheduler,
    SiteContext,
    Target,
)

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


def site_context(blueprint: Blueprint, folder: Path | None = None) -> SiteContext:
    """Return what is the same for all nodes; make it once and hand it to every ``target_for``.

    ``folder`` is the site's: where references to secrets start.
    """
    hosts: list[HostEntry] = []
    for name, node in sorted(blueprint.nodes.items()):
        if address := management_address(node):
            hosts.append(HostEntry(address=address, names=[name]))
        if fabric := fabric_address(node):
            hosts.append(HostEntry(address=fabric, names=[fabric_name(name)]))
    return SiteContext(
        name=blueprint.site.name,
        folder=str(folder.resolve()) if folder else "",
        domain=blueprint.site.domain,
        lab=blueprint.site.lab,
        hosts=hosts,
        time_servers=sorted(
            name
            for name, node in blueprint.nodes.items()
            if (call := role_call(blueprint, node, "time")) and call.params.get("serve")
        ),
        volumes=[
            Mount(name=name, servers=[fabric_name(s) for s in volume.servers], brick=volume.brick, path=volume.mount)
            for name, volume in sorted(blueprint.volumes.items())
        ],
        networks=sorted(
            {Prefix(kind=network.kind, prefix=network.prefix) for network in blueprint.networks.values()},
            key=lambda network: (network.kind, network.prefix),
        ),
        scheduler=scheduler(blueprint),
        nvlink_domains=_nvlink_domains(blueprint),
        control_planes=[
            HostEntry(address=address, names=[name])
            for name, node in sorted(blueprint.nodes.items())
            if (call := role_call(blueprint, node, "kubernetes")) and call.params.get("part") == "control-plane"
            if (address := management_address(node))
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
    address = management_address(node)
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
        address=management_address(node) or "",
        arch=node.arch,
        nics=node.nics,
        routes=_routes(blueprint, node),
        accelerators=node.sku.accelerators,
        bricks=[volume.brick for _, volume in sorted(blueprint.volumes.items()) if node.name in volume.servers],
        mounts=[name for name, volume in sorted(blueprint.volumes.items()) if node.name not in volume.servers],
        peer=_peer(blueprint, node),
        site=site,
        profile=node.profile,
        sku=node.sku,
        nvlink_domain=site.nvlink_domains.get(node.rack, []) if node.sku.accelerators else [],
    )


def fabric_address(node: Node) -> str | None:
    """Return the address of the node's first fabric NIC, without prefix length."""
    return next((_address(nic.address) for nic in node.nics if nic.fabric in FABRIC and nic.address), None)


def management_address(node: Node) -> str | None:
    """Return the node's own address, without prefix length."""
    return _address(node.nics[0].address) if node.nics else None


def role_call(blueprint: Blueprint, node: Node, role: str) -> RoleCall | None:
    """Return how the node's profile calls a role; None where it does not."""
    return next((call for call in _roles(blueprint, node) if call.role == role), None)


def scheduler(blueprint: Blueprint) -> Scheduler | None:
    """Return who takes part in Slurm; None where no profile calls it."""
    calls = {name: call for name, node in blueprint.nodes.items() if (call := role_call(blueprint, node, "slurm"))}
    if not calls:
        return None
    parts = {name: call.params.get("part", "compute") for name, call in sorted(calls.items())}
    compute = [name for name, part in parts.items() if part == "compute"]
    leaves: dict[str, set[str]] = {name: set() for name in compute}
    for cable in blueprint.cables:
        for node, switch in ((cable.a.device, cable.b.device), (cable.b.device, cable.a.device)):
            if cable.fabric == "compute" and node in leaves and switch in blueprint.switches:
                leaves[node].add(switch)
    return Scheduler(
        controllers=[name for name, part in parts.items() if part == "controller"],
        accounting=[name for name, part in parts.items() if part == "accounting"],
        nodes=[_compute_node(blueprint.nodes[name], sorted(leaves[name])) for name in compute],
        health=all(role_call(blueprint, blueprint.nodes[name], "health") for name in compute),
    )


def _compute_node(node: Node, leaves: list[str]) -> ComputeNode:
    return ComputeNode(
        name=node.name,
        address=management_address(node) or node.name,
        arch=node.arch,
        profile=node.profile,
        rack=node.rack,
        sockets=node.sku.sockets,
        cores=node.sku.cores,
        memory_gib=node.sku.memory_gib,
        accelerators=node.sku.accelerators,
        leaves=leaves,
    )


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


def _nvlink_domains(blueprint: Blueprint) -> dict[str, list[str]]:
    """Return the addresses of the trays of each NVL72 rack, by the trays' names."""
    found: dict[str, list[str]] = {}
    for _, node in sorted(blueprint.nodes.items()):
        model = f"{node.sku.model} {node.sku.accelerators.model if node.sku.accelerators else ''}"
        if "NVL72" in model.upper() and (address := management_address(node)):
            found.setdefault(node.rack, []).append(address)
    return found


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
