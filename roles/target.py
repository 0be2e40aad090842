"""What goes to a node and what comes back: targets, results, and what is told on the way."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from gigaworks.inventory.blueprint import Accelerators, Arch, FabricKind, Nic, RoleCall, Sku
from gigaworks.inventory.problem import Problem

Mode = Literal["plan", "apply", "check"]


class HostEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the host table: an address and the names that stand for it."""

    address: str
    names: list[str]


class Mount(msgspec.Struct, frozen=True, kw_only=True):
    """A volume as its clients see it; ``servers`` are host names on the fabric."""

    name: str
    servers: list[str]
    brick: str  # path on a server
    path: str  # mount point on a client


class Prefix(msgspec.Struct, frozen=True, kw_only=True):
    """A declared prefix and what it is for."""

    kind: FabricKind
    prefix: str


class ComputeNode(msgspec.Struct, frozen=True, kw_only=True):
    """A node that runs jobs, as its scheduler sees it; ``memory_gib`` and ``cores`` are of the whole node."""

    name: str
    address: str
    arch: Arch
    profile: str
    rack: str
    sockets: int | None
    cores: int | None
    memory_gib: float | None
    accelerators: Accelerators | None
    leaves: list[str]  # switches of the compute fabric that it is plugged into


class Scheduler(msgspec.Struct, frozen=True, kw_only=True):
    """Who takes part in Slurm: node names by part, the nodes that run jobs, and whether each checks its health."""

    controllers: list[str]
    accounting: list[str]
    nodes: list[ComputeNode]
    health: bool = False


class SiteContext(msgspec.Struct, frozen=True, kw_only=True):
    """What the roles know about the site; the same for every node, so that it is sent once to each worker."""

    name: str = ""
    folder: str = ""  # of the site files: where references to secrets start
    networks: list[Prefix] = []
    scheduler: Scheduler | None = None
    nvlink_domains: dict[str, list[str]] = {}  # racks of NVL72 → addresses of their trays
    control_planes: list[HostEntry] = []  # of Kubernetes: nodes that its other nodes join

    domain: str
    lab: bool
    hosts: list[HostEntry]
    time_servers: list[str]  # node names
    volumes: list[Mount]


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """A prefix of a fabric, reached over one or more of the node's NICs."""

    prefix: str
    via: list[tuple[str, str]]  # (gateway address, NIC name)


class Context(msgspec.Struct, frozen=True, kw_only=True):
    """What the roles know about one node."""

    name: str
    address: str
    arch: Arch
    nics: list[Nic]
    routes: list[Route]
    accelerators: Accelerators | None
    bricks: list[str]  # brick directories that this node serves
    mounts: list[str]  # names of volumes that this node mounts
    peer: str | None  # fabric name of a node that answers iperf3
    site: SiteContext
    profile: str = ""
    sku: Sku | None = None
    nvlink_domain: list[str] = []  # addresses of the trays that share the rack's NVLink switches, this one's too


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A node to be configured, and how it is entered."""

    name: str
    address: str
    port: int = 22
    user: str = "root"
    key_file: str
    known_hosts: str
    arch: Arch
    roles: list[RoleCall]
    context: Context
    roles_folder: str = ""  # a site's own roles; empty: there are none


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """An operation of a role; ``change`` is would-change in a plan and changed in an apply."""

    role: str
    name: str
    change: bool
    commands: list[str] = []
    diff: str = ""


class CheckResult(msgspec.Struct, frozen=True, kw_only=True):
    """A setting that was read back, or a quantity that was measured.

    ``observed`` is None where nothing could be read; ``evidence`` holds the command, its exit status, its output
    (cut at 4,096 characters) and the SHA-256 of the whole output.
    """

    role: str
    id: str
    summary: str
    expected: Any
    observed: Any
    unit: str = ""
    ok: bool
    evidence: dict[str, Any] = {}


class Skipped(msgspec.Struct, frozen=True, kw_only=True):
    """A role, or a part of one, that was left out, and why."""

    role: str
    reason: str


class HostResult(msgspec.Struct, frozen=True, kw_only=True):
    """What happened on one node. ``ok``: no error, and every check holds, which a plan does not ask for.

    ``restarts`` says why the machine has to restart before everything is in force; empty where it has not.
    """

    name: str
    ok: bool
    error: Problem | None = None
    operations: list[Operation] = []
    checks: list[CheckResult] = []
    skipped: list[Skipped] = []
    restarts: list[str] = []
    remote_executions: int = 0
    seconds: float = 0.0


class Progress(msgspec.Struct, frozen=True, kw_only=True):
    """What is told while nodes are worked on; ``kind``: connected, role, changed, done."""

    kind: Literal["connected", "role", "changed", "done"]
    host: str
    role: str = ""
    message: str = ""
    ok: bool = True
