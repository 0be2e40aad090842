"""Slurm's files, from the site: the same on every node, so that Slurm's own digest of them agrees."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

from gigaworks.inventory.blueprint import Accelerators
from gigaworks.roles.hostlist import fold
from gigaworks.roles.slurm.params import Params
from gigaworks.roles.target import ComputeNode, Context, Scheduler
from gigaworks.roles.templates import render

NAME_LENGTH = 64  # Slurm cuts or refuses longer names of switches
SIMULATED = "/var/lib/slurm/simulated-gpu{}"
DEVICES = {"nvidia": "/dev/nvidia{}", "amd": "/dev/dri/renderD{}"}
T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
FIRST_DEVICE = {"nvidia": 0, "amd": 128}


def scheduler(context: Context) -> Scheduler:
    """Return who takes part.

    Raises:
        ValueError: no node of the site is a controller.
    """
    found = context.site.scheduler
    if found is None or not found.controllers:
        raise ValueError("no node is Slurm's controller: give one profile `slurm: {part: controller}`")
    return found


def slurm_conf(params: Params, context: Context) -> str:
    """Return slurm.conf."""
    who = scheduler(context)
    addresses = {name: entry.address for entry in context.site.hosts for name in entry.names}
    lines = [
        " ".join([f"NodeName={fold(node.name for node in nodes)}", *attributes])
        for attributes, nodes in _alike(params, who.nodes)
    ]
    return render(
        __file__,
        "slurm.conf.j2",
        cluster=params.cluster or context.site.name,
        controllers=[(name, addresses.get(name, name)) for name in who.controllers],
        accounting=who.accounting,
        health=who.health,
        gres=any(node.accelerators for node in who.nodes),
        lab=context.site.lab,
        cgroup=params.cgroup,
        topology=f"topology/{params.topology}",
        settings=dict(sorted(params.settings.items())),
        nodes=lines,
        partitions=[
            (partition, fold(node.name for node in _members(partition.profiles, who.nodes)))
            for partition in params.partitions
        ],
    )


def gres_conf(context: Context) -> str:
    """Return gres.conf: the device files of each device type's accelerators.

    The lab's accelerators have no device: ordinary files stand for them there, and are named for what they are.
    """
    lines = []
    having = [(node.accelerators, node.name) for node in scheduler(context).nodes if node.accelerators]
    for (kind, count, vendor), alike in _by(having, lambda pair: (_kind(pair[0]), pair[0].count, pair[0].vendor)):
        device = SIMULATED if context.site.lab else DEVICES.get(vendor)
        first = 0 if context.site.lab else FIRST_DEVICE.get(vendor, 0)
        numbers = f"[{first}-{first + count - 1}]" if count > 1 else str(first)
        what = f"File={device.format(numbers)}" if device else f"Count={count} Flags=CountOnly"
        lines.append(f"NodeName={fold(name for _, name in alike)} Name=gpu Type={kind} {what}")
    return render(__file__, "gres.conf.j2", lines=lines, lab=context.site.lab)


def gres(accelerators: Accelerators) -> str:
    """Return a node's GRES as slurm.conf writes it."""
    return f"gpu:{_kind(accelerators)}:{accelerators.count}"


def topology(params: Params, context: Context) -> tuple[str, str]:
    """Return the topology file's name and text; both empty where the topology is flat."""
    if params.topology == "flat":
        return "", ""
    nodes = scheduler(context).nodes
    name = "topology.yaml" if params.topology_yaml else "topology.conf"
    if params.topology == "block":
        racks = _by(nodes, lambda node: node.rack)
        blocks = [(_legal(rack), fold(node.name for node in alike)) for rack, alike in racks]
        return name, render(__file__, f"{name}.j2", blocks=blocks, block_size=min(len(alike) for _, alike in racks))
    return name, render(__file__, f"{name}.j2", blocks=[], switches=switches(nodes), top="compute")


def switches(nodes: Iterable[ComputeNode]) -> list[tuple[str, str]]:
    """Return Slurm's switches: nodes that are plugged into the same leaves are under one, named for the first leaf.

    A rail-optimised fabric has a leaf for each rail; a job that stays under one set of leaves crosses no spine.
    """
    found = []
    for leaves, alike in _by(list(nodes), lambda node: tuple(node.leaves)):
        name = "unplugged" if not leaves else leaves[0] if len(leaves) == 1 else f"rails-{leaves[0]}"
        found.append((_legal(name), fold(node.name for node in alike)))
    return sorted(found)


def _legal(name: str) -> str:
    return name.replace("/", "-")[:NAME_LENGTH]


def _alike(params: Params, nodes: list[ComputeNode]) -> list[tuple[list[str], list[ComputeNode]]]:
    return [(list(attributes), alike) for attributes, alike in _by(nodes, lambda n: tuple(_attributes(params, n)))]


def _attributes(params: Params, node: ComputeNode) -> list[str]:
    attributes = []
    if node.cores:
        sockets = node.sockets or 1
        attributes += [f"Sockets={sockets}", f"CoresPerSocket={node.cores // sockets}", "ThreadsPerCore=1"]
    if node.memory_gib:
        attributes.append(f"RealMemory={int(node.memory_gib * 1024 * params.memory_percent / 100)}")
    attributes.append(f"Feature={node.arch},{node.profile}")
    if node.accelerators:
        attributes.append(f"Gres={gres(node.accelerators)}")
    return attributes


def _members(profiles: list[str], nodes: list[ComputeNode]) -> list[ComputeNode]:
    if unknown := sorted(set(profiles) - {node.profile for node in nodes}):
        raise ValueError(f"no compute node has profile {', '.join(unknown)}")
    return [node for node in nodes if not profiles or node.profile in profiles]


def _kind(accelerators: Accelerators) -> str:
    """Return the type that jobs ask for (``h100``, ``mi300x``): the first word of the model with a digit."""
    words: list[str] = re.findall(r"[a-z0-9]+", accelerators.model.lower())
    return next((word for word in words if any(c.isdigit() for c in word)), words[0])


def _by(items: Iterable[T], key: Callable[[T], K]) -> list[tuple[K, list[T]]]:
    found: dict[K, list[T]] = {}
    for item in items:
        found.setdefault(key(item), []).append(item)
    return [(value, found[value]) for value in sorted(found)]  # type: ignore[type-var]
