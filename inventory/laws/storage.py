"""Storage: bandwidth, failure domains, checkpoints, metadata."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator

from gigaworks.inventory.laws.law import Case, count, finding, law
from gigaworks.inventory.laws.measure import Measure, quantity
from gigaworks.inventory.problem import Problem


@law("STO-1", "servers carry what clients need")
def servers_carry(case: Case) -> Iterator[Problem | Measure]:
    """`need` of the clients ≤ min(server NICs, media, fabric) × k / (k + m), in GB/s: clients write parity as well.

    NICs: Σ fabric NICs of the servers. Media: servers × `media`. Fabric: for each leaf with servers, what its other
    ports can bring, at most its servers' NICs. What nobody declares does not count.
    """
    for name, noun in case.site.volumes.items():
        if noun.need is None:
            continue
        able = bandwidths(case, name)
        carried = [Measure(f"volume/{name}", f"need, {part}", noun.need, speed, "GB/s") for part, speed in able.items()]
        yield from carried
        if any(one.broken for one in carried):
            part = min(able, key=lambda part: able[part])
            detail = f"clients need {noun.need:g} GB/s; its {part} carry {able[part]:.2f} GB/s of data"
            fix = "more servers, faster ones, or less `need`"
            yield finding("STO-1", f"volume/{name}", "is too slow", detail, fix, noun.at("need"))


def bandwidths(case: Case, name: str) -> dict[str, float]:
    """Return the GB/s of data that each part of a volume carries; unknown ones are left out."""
    volume, noun = case.blueprint.volumes[name], case.site.volumes[name]
    share = volume.data / (volume.data + volume.parity)
    nics = [nic for server in volume.servers for nic in case.blueprint.nodes[server].nics if nic.rail is not None]
    found: dict[str, float] = {}
    if all(nic.speed_mbit_s for nic in nics):
        found["server NICs"] = sum(nic.speed_mbit_s or 0 for nic in nics) / 8000 * share
        found["leaves"] = _leaves_mbit_s(case, set(volume.servers)) / 8000 * share
    if noun.media is not None:
        found["drives"] = len(volume.servers) * noun.media * share
    return found


def _leaves_mbit_s(case: Case, servers: set[str]) -> float:
    """Return what leaves bring to servers: for each leaf the least of its servers' ports and all its other ports."""
    inward: dict[str, int] = defaultdict(int)
    outward: dict[str, int] = defaultdict(int)
    for cable in case.blueprint.cables:
        for here, there in ((cable.a.device, cable.b.device), (cable.b.device, cable.a.device)):
            if here in case.blueprint.switches:
                (inward if there in servers else outward)[here] += cable.speed_mbit_s or 0
    return sum(min(speed, outward[leaf]) for leaf, speed in inward.items())


@law("STO-2", "a volume has a failure domain for each brick")
def failure_domains(case: Case) -> Iterator[Problem | Measure]:
    """K + m bricks lie in k + m different failure domains, so that any m may be lost; k + m + 1 can heal by itself.

    Usable = raw · k / (k + m) ≥ `usable`, where both are declared. Gluster disperses only with fewer parity than data
    bricks.
    """
    for name, volume in case.blueprint.volumes.items():
        noun, subject = case.site.volumes[name], f"volume/{name}"
        need = volume.data + volume.parity
        if noun.raw is not None and noun.usable is not None:
            able = noun.raw * len(volume.servers) * volume.data / need
            yield (held := Measure(subject, "usable, claimed", noun.usable, able, "TB"))
            if held.broken:
                claims, holds = held.texts
                detail = f"{claims} are claimed; raw x {volume.data} / {need} are {holds}"
                fix = f"`usable: {math.floor(able * 10) / 10:g} TB`, or larger drives"
                yield finding("STO-2", subject, "claims more than it holds", detail, fix, noun.at("usable"))
        if len(volume.servers) != need:
            detail = f"{volume.data} + {volume.parity} need {need} servers; it has {len(volume.servers)}"
            fix = f"{need} servers, or other `data` and `parity`"
            yield finding("STO-2", subject, "has the wrong number of servers", detail, fix, noun.at("servers"))
            continue
        domains = {_domain(case, server, noun.failure_domain) for server in volume.servers}
        yield (parted := Measure(subject, f"{noun.failure_domain}s", len(domains), need, least=True))
        if parted.broken:
            detail = f"its {need} bricks lie in {len(domains)} {noun.failure_domain}s: {', '.join(sorted(domains))}"
            fix = f"servers in {need} different {noun.failure_domain}s"
            yield finding("STO-2", subject, "has too few failure domains", detail, fix, noun.at("servers"))
        if volume.parity and volume.parity >= volume.data:
            detail = (
                f"{volume.data} data bricks, {volume.parity} of parity; gluster disperses with fewer parity than data"
            )
            fix = f"`parity: {volume.data - 1}`" if volume.data > 1 else "`data: 2` and three servers"
            yield finding("STO-2", subject, "has too much parity", detail, fix, noun.at("parity"))


def _domain(case: Case, server: str, level: str) -> str:
    node = case.blueprint.nodes[server]
    if level == "node":
        return server
    return node.rack if level == "rack" else node.failure_domains.get("feed", f"both feeds of {node.rack}")


@law("STO-3", "a checkpoint is written in time")
def checkpoints_fit(case: Case) -> Iterator[Problem | Measure]:
    """Size = parameters × 16 B; size / target time ≤ what the volume writes (STO-1).

    16 B are 2 each of weights and gradients and 12 of Adam in fp32 (Rajbhandari et al., ZeRO, 2020).

    405 billion parameters are 6.5 TB; in 5 min that is 21.6 GB/s.
    """
    for name, noun in case.site.volumes.items():
        if noun.checkpoint is None:
            continue
        asked, able = noun.checkpoint, bandwidths(case, name)
        size_tb = asked.parameters * asked.bytes_per_parameter / 1e12
        need = size_tb * 1000 / asked.within if asked.within else math.inf
        part, least = min(able.items(), key=lambda item: item[1], default=("", None))
        what = f"{quantity(size_tb, 'TB')} in {asked.within:g} s, {part or 'nothing known'}"
        yield (written := Measure(f"volume/{name}", what, need, least, "GB/s"))
        if written.broken and least is not None:
            needs, able_to = written.texts
            detail = f"{quantity(size_tb, 'TB')} in {asked.within:g} s are {needs}; its {part} write {able_to}"
            fix = f"more servers, or `within: {math.ceil(size_tb * 1000 / least)} s`" if least else "servers that write"
            yield finding("STO-3", f"volume/{name}", "is too slow for a checkpoint", detail, fix, noun.at("checkpoint"))


@law("STO-5", "metadata outlives a rack and a feed")
def metadata_is_apart(case: Case) -> Iterator[Problem | Measure]:
    """The metadata servers of a volume (`metadata`) are at least two, stand in different racks, and no feed takes two
    of them down: a server with supplies on several feeds outlives each of them (PWR-3).
    """
    for name, servers in case.site.metadata.items():
        if not servers:
            continue
        noun, nodes = case.site.volumes[name], [case.blueprint.nodes[server] for server in servers]
        yield (several := Measure(f"volume/{name}", "metadata servers", len(nodes), 2, least=True))
        if several.broken:
            detail = f"{servers[0]} alone holds the names of everything in it"
            fix = "a second server, in another rack"
            yield finding("STO-5", f"volume/{name}", "has one metadata server", detail, fix, noun.at("metadata"))
        alone = [node.failure_domains.get("feed", node.name) for node in nodes]  # a domain of its own where fed twice
        for what, domains in (("racks", [node.rack for node in nodes]), ("feeds", alone)):
            need = len(nodes)
            yield (parted := Measure(f"volume/{name}", f"{what} of its metadata", len(set(domains)), need, least=True))
            if not parted.broken:
                continue
            shared = sorted({d for d in domains if domains.count(d) > 1})
            both = [node.name for node, d in zip(nodes, domains, strict=True) if d in shared]
            detail = f"{count(len(both), 'metadata server')} on {', '.join(shared)}: {', '.join(sorted(both))}"
            fix = f"servers on different {what}"
            yield finding("STO-5", f"volume/{name}", "loses its metadata at once", detail, fix, noun.at("metadata"))
