"""InfiniBand: a node's ports (/sys/class/infiniband, as ``ibstat``) and a fabric's links (``ibnetdiscover``)."""

from __future__ import annotations

import re

import msgspec


class Port(msgspec.Struct, frozen=True, kw_only=True):
    """A port of a host channel adapter; ``rate`` in Gbit/s, ``layer`` InfiniBand or Ethernet."""

    adapter: str
    number: int
    state: str
    physical: str
    rate: int
    layer: str


SYSFS = (
    "for p in /sys/class/infiniband/*/ports/*; do [ -e $p/state ] && "
    'echo "$p|$(cat $p/state)|$(cat $p/phys_state)|$(cat $p/rate)|$(cat $p/link_layer)"; done; true'
)


def sysfs(text: str) -> list[Port]:
    """Read what SYSFS prints: a port a line; ``4: ACTIVE`` is state Active, ``400 Gb/sec (4X NDR)`` is 400."""
    ports = []
    for line in filter(None, text.splitlines()):
        path, state, physical, rate, layer = line.split("|")
        parts = path.split("/")
        ports.append(
            Port(
                adapter=parts[4],
                number=int(parts[6]),
                state=state.partition(": ")[2].capitalize(),
                physical=physical.partition(": ")[2],
                rate=int(float(rate.split()[0])),
                layer=layer,
            )
        )
    return ports


class Link(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A cable of a fabric by GUID and port, the lesser end first; ``width`` and ``speed`` as 4x and NDR."""

    a: str
    a_port: int
    b: str
    b_port: int
    width: str
    speed: str


_NODE = re.compile(r'^(Switch|Ca|Rt)\s+\d+\s+"([^"]+)"')
_LINK = re.compile(r'^\[(\d+)\](?:\([0-9a-fA-F]+\))?\s+"([^"]+)"\[(\d+)\].*?\s(\d+x)(\w+)\s*$')


def ibnetdiscover(text: str) -> list[Link]:
    """Read ``ibnetdiscover``: every cable once, sorted."""
    links: set[Link] = set()
    own = ""
    for line in text.splitlines():
        if node := _NODE.match(line):
            own = _guid(node[2])
        elif own and (link := _LINK.match(line)):
            ends = sorted([(own, int(link[1])), (_guid(link[2]), int(link[3]))])
            (a, a_port), (b, b_port) = ends
            links.add(Link(a=a, a_port=a_port, b=b, b_port=b_port, width=link[4], speed=link[5]))
    return sorted(links)


def _guid(name: str) -> str:
    return name.partition("-")[2].lower()
