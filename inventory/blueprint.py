"""The blueprint: everything that follows from a declared site, computed by pure functions.

Same site, same bytes. Dictionaries are keyed by the name that the CLI shows; kW, kg, U, m, GiB and Mbit/s are
plain numbers in the unit that the field's name says. ``None`` is *unknown* and is never read as zero.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec

Arch = Literal["x86_64", "aarch64", "riscv64"]
FabricKind = Literal["compute", "storage", "mgmt", "oob"]


class SiteFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The site as a whole."""

    name: str
    country: str
    jurisdiction: str
    domain: str
    contracted_kw: float
    lab: bool = False
    database: str | None = None  # SQLAlchemy URL; None is SQLite in the site folder
    state: str | None = None  # Pulumi backend URL; None is file:// in the site folder
    where: str = ""


class Hall(msgspec.Struct, frozen=True, kw_only=True):
    """A compute hall."""

    name: str
    it_kw: float
    air_kw: float | None = None
    floor_kg_m2: float | None = None
    where: str = ""


class Rack(msgspec.Struct, frozen=True, kw_only=True):
    """A rack; its key in the blueprint is ``hall/name``."""

    name: str
    hall: str
    row: str
    type: str
    height: float
    unit: Literal["U", "OU"]
    slot: int = 1  # place in its row, counted from 1
    max_kw: float
    max_kg: float | None
    feeds: list[str]  # keys of Blueprint.power
    cooling: str | None  # key of Blueprint.cooling
    draw_kw: float
    unknown_draws: int = 0  # devices whose draw nobody declared: draw_kw is then a lower bound
    weight_kg: float = 0.0
    where: str = ""


class Equipment(msgspec.Struct, frozen=True, kw_only=True):
    """A device that every rack of a type holds and nobody configures: a power shelf, an NVLink switch tray."""

    device: str
    position: int
    height: int


class RackModel(msgspec.Struct, frozen=True, kw_only=True):
    """A rack type as its maker describes it."""

    manufacturer: str
    model: str
    width_mm: float | None = None  # outer
    depth_mm: float | None = None
    equipment: list[Equipment] = []


class DeviceModel(msgspec.Struct, frozen=True, kw_only=True):
    """A device type as its maker describes it."""

    manufacturer: str
    model: str
    height: float
    full_depth: bool = True
    airflow: str | None = None  # in NetBox's words: front-to-rear, rear-to-front, passive …
    weight_kg: float | None = None
    draw_kw: float | None = None  # at most, without a power cap
    ports: dict[str, str] = {}  # network interface → NetBox's type of it, before breakout
    management_ports: dict[str, str] = {}  # the same for those that are for management only


class PowerDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A node of the power graph (``hall/name`` or ``name`` for the site's): transformer, UPS, busway, rack tap."""

    name: str
    hall: str | None
    kind: str
    parents: list[str]
    capacity_kva: float | None
    rated_a: float | None
    voltage_v: float | None
    phases: int | None
    redundancy: str | None
    usable_kw: float
    load_kw: float
    where: str = ""


class CoolingDevice(msgspec.Struct, frozen=True, kw_only=True):
    """A facility loop or CDU group, keyed ``hall/name``."""

    name: str
    hall: str
    kind: str
    loop: str | None
    capacity_kw: float | None
    flow_l_min: float | None
    supply_c: float | None
    redundancy: str | None
    units: int = 1
    feeds: list[str] = []
    load_kw: float = 0.0
    where: str = ""


class Bmc(msgspec.Struct, frozen=True, kw_only=True):
    """A baseboard management controller on the OOB network."""

    name: str  # host name, and the name in its TLS certificate
    mac: str
    address: str  # without prefix length
    user: str
    address6: str | None = None


class Pdu(msgspec.Struct, frozen=True, kw_only=True):
    """A rack PDU with Redfish; ``outlets`` maps outlet number to the device it feeds."""

    name: str
    hall: str
    rack: str  # key of Blueprint.racks
    feed: str
    bmc: Bmc
    outlets: dict[str, str]
    limit_kw: float | None
    where: str = ""


class Nic(msgspec.Struct, frozen=True, kw_only=True):
    """A network interface of a node. ``address`` carries its prefix length; fabric NICs are routed /31."""

    name: str
    mac: str  # empty: unknown, which only a site of real machines may have
    fabric: FabricKind
    address: str | None
    gateway: str | None
    mtu: int
    rail: int | None = None
    plane: int | None = None
    speed_mbit_s: int | None = None
    address6: str | None = None
    gateway6: str | None = None


class Accelerators(msgspec.Struct, frozen=True, kw_only=True):
    """What is counted."""

    vendor: Literal["nvidia", "amd", "other"]
    model: str
    count: int


class Sku(msgspec.Struct, frozen=True, kw_only=True):
    """What a node of this device type must consist of: its bill of materials."""

    manufacturer: str
    model: str
    sockets: int | None
    cores: int | None  # per node
    memory_gib: float | None
    nics: int
    accelerators: Accelerators | None


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """One OS image on one compute tray."""

    name: str
    hall: str
    rack: str  # key of Blueprint.racks
    position: float
    height: float
    device: str
    sku: Sku
    arch: Arch
    profile: str
    serial: str | None
    bmc: Bmc | None
    outlets: list[str]  # "pdu-name/outlet-number", one a PSU feed
    nics: list[Nic]  # the first is the in-band management NIC that boots
    draw_kw: float | None
    power_cap_w: int | None
    failure_domains: dict[str, str]  # rack, cdu, feed, nvlink → name: never two of one in a wave phase
    where: str = ""


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """A used port of a switch."""

    name: str  # swp1 …
    peer: str  # "device port" at the other end
    address: str | None  # routed /31
    peer_address: str | None = None  # the other end, without prefix length
    peer_asn: int | None = None  # set where BGP is spoken; without addresses it is spoken over link-local ones
    address6: str | None = None  # /127
    peer_address6: str | None = None
    mtu: int = 9100


class Switch(msgspec.Struct, frozen=True, kw_only=True):
    """A switch; Gigaworks configures those that have a ``platform``."""

    name: str
    hall: str
    rack: str
    tier: Literal["leaf", "spine", "core"]
    fabric: FabricKind
    plane: int = 1
    group: str = ""  # pod of a three-tier fabric, group of a dragonfly+
    device: str = ""
    position: float = 0.0
    height: float = 1.0
    draw_kw: float | None = None
    technology: Literal["ethernet", "infiniband"] = "ethernet"
    platform: str | None  # "frr"; None: Gigaworks does not configure it, a subnet manager or somebody else does
    asn: int | None  # None: speaks no BGP
    loopback: str | None  # without prefix length; announced as /32
    loopback6: str | None = None  # the same for IPv6; announced as /128
    management: Bmc  # name, mac and address of its OOB port; user is the SSH login
    ports: list[Port]
    where: str = ""


class ScaleUpDomain(msgspec.Struct, frozen=True, kw_only=True):
    """Nodes of a rack whose accelerators share its NVLink switch trays."""

    rack: str  # key of Blueprint.racks, and of the domain
    tray: str  # device type of the switch trays
    positions: list[int]  # the lowest unit of each tray
    nodes: list[str]
    accelerators: int
    most: int  # accelerators that the trays join
    where: str = ""


class CableEnd(msgspec.Struct, frozen=True, order=True):
    """Where a cable is plugged in."""

    device: str
    port: str

    def __str__(self) -> str:
        return f"{self.device} {self.port}"


class Cable(msgspec.Struct, frozen=True, kw_only=True):
    """A cable of the plan; ``id`` is what stands on its label."""

    id: str
    a: CableEnd
    b: CableEnd
    fabric: FabricKind
    media: str
    length_m: float
    speed_mbit_s: int | None = None
    form_a: str | None = None  # the plug at each end, such as OSFP
    form_b: str | None = None
    breakout_a: int = 1  # how many cables share the plug at each end: cage swp1 broken out is ports swp1s0, swp1s1 …
    breakout_b: int = 1

    @property
    def label(self) -> tuple[str, str]:
        """What is printed on the label of each end, a line: this end first, then the other."""
        return f"{self.id} {self.a} > {self.b}", f"{self.id} {self.b} > {self.a}"


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """A prefix with a role."""

    name: str
    kind: FabricKind
    prefix: str
    gateway: str | None  # the controller's own address in mgmt and oob
    mtu: int
    vlan: int | None = None
    vrf: str = "default"
    vni: int | None = None
    prefix6: str | None = None
    gateway6: str | None = None
    where: str = ""


class Volume(msgspec.Struct, frozen=True, kw_only=True):
    """A distributed volume: ``data`` + ``parity`` bricks over that many failure domains."""

    name: str
    kind: Literal["gluster"]
    data: int
    parity: int
    servers: list[str]  # node names, in brick order
    brick: str  # path on the server
    mount: str  # path on clients
    options: dict[str, str] = {}
    where: str = ""


class RoleCall(msgspec.Struct, frozen=True, kw_only=True):
    """A role with its parameters; ``where`` is ``file:line``, ``origins`` the same per parameter."""

    role: str
    params: dict[str, Any] = {}
    where: str = ""
    origins: dict[str, str] = {}


class Profile(msgspec.Struct, frozen=True, kw_only=True):
    """What a kind of node runs, in order."""

    name: str
    roles: list[RoleCall]
    stage: int = 3  # lower ones come up first: 1 services, 2 storage servers, 3 what mounts their volumes
    where: str = ""


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """The site's own choices."""

    pue: float = 1.3
    derating: float = 1.0
    power_factor: float = 0.95
    canary: int = 1
    wave_growth: int = 3  # each phase is at most this many times the one before
    max_parallel: int = 32
    fail_percent: int = 10
    phase_balance_percent: float = 10
    inrush: float = 1  # draw of a node while it starts, as a multiple of its maximum
    ramp_s: float = 1  # between two power-ons behind one feeder or CDU
    time_limits_s: dict[str, int] = {}  # state → seconds


class Boot(msgspec.Struct, frozen=True, kw_only=True):
    """The boot services: DHCP on the in-band management network and HTTP for what is booted."""

    address: str
    http_port: int
    network: str
    images: dict[str, str]  # arch → image name in the image store


class Blueprint(msgspec.Struct, frozen=True, kw_only=True):
    """The whole site, computed."""

    format_version: str = "1.0"
    site: SiteFacts
    halls: dict[str, Hall]
    racks: dict[str, Rack]
    power: dict[str, PowerDevice]
    cooling: dict[str, CoolingDevice]
    pdus: dict[str, Pdu]
    nodes: dict[str, Node]
    switches: dict[str, Switch]
    cables: list[Cable]
    networks: dict[str, Network]
    volumes: dict[str, Volume]
    profiles: dict[str, Profile]
    policy: Policy
    boot: Boot
    domains: dict[str, ScaleUpDomain] = {}  # by the key of their rack
    rack_types: dict[str, RackModel] = {}  # by what Rack.type says
    device_types: dict[str, DeviceModel] = {}  # by what Node.device and Switch.device say


def decode(data: bytes) -> Blueprint:
    """Read a blueprint back from JSON.

    Raises:
        msgspec.ValidationError: the JSON is not a blueprint of this format version.
    """
    return msgspec.json.decode(data, type=Blueprint)
