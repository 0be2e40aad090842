"""Storage: failure domains."""

from __future__ import annotations

from collections.abc import Iterator

from gigaworks.inventory.laws.law import Case, finding, law
from gigaworks.inventory.problem import Problem


@law("STO-1", "servers carry what clients need")
def servers_carry(case: Case) -> Iterator[Problem]:
    """`need` of the clients ≤ Σ fabric NICs of the servers × k / (k + m), in GB/s: clients write parity as well."""
    for name, volume in case.blueprint.volumes.items():
        noun = case.site.volumes[name]
        nics = [nic for server in volume.servers for nic in case.blueprint.nodes[server].nics if nic.rail is not None]
        speeds = [nic.speed_mbit_s for nic in nics]
        if noun.need is None or None in speeds:
            continue
        able = sum(speed or 0 for speed in speeds) / 8000 * volume.data / (volume.data + volume.parity)
        if noun.need > able:
            detail = f"clients need {noun.need:g} GB/s; its servers' NICs carry {able:.2f} GB/s of data"
            fix = "more servers, faster NICs, or less `need`"
            yield finding("STO-1", f"volume/{name}", "is too slow", detail, fix, noun.at("need"))


@law("STO-2", "a volume has a failure domain for each brick")
def failure_domains(case: Case) -> Iterator[Problem]:
    """K + m bricks lie in k + m different failure domains, so that any m may be lost; k + m + 1 can heal by itself.

    Usable = raw · k / (k + m). Gluster disperses only with fewer parity than data bricks.
    """
    for name, volume in case.blueprint.volumes.items():
        noun = case.site.volumes[name]
        need = volume.data + volume.parity
        if len(volume.servers) != need:
            detail = f"{volume.data} + {volume.parity} need {need} servers; it has {len(volume.servers)}"
            fix = f"{need} servers, or other `data` and `parity`"
            yield finding("STO-2", f"volume/{name}", "has the wrong number of servers", detail, fix, noun.at("servers"))
            continue
        domains = {_domain(case, server, noun.failure_domain) for server in volume.servers}
        if len(domains) < need:
            detail = f"its {need} bricks lie in {len(domains)} {noun.failure_domain}s: {', '.join(sorted(domains))}"
            fix = f"servers in {need} different {noun.failure_domain}s"
            yield finding("STO-2", f"volume/{name}", "has too few failure domains", detail, fix, noun.at("servers"))
        if volume.parity and volume.parity >= volume.data:
            detail = (
                f"{volume.data} data bricks, {volume.parity} of parity; gluster disperses with fewer parity than data"
            )
            fix = f"`parity: {volume.data - 1}`" if volume.data > 1 else "`data: 2` and three servers"
            yield finding("STO-2", f"volume/{name}", "has too much parity", detail, fix, noun.at("parity"))


def _domain(case: Case, server: str, level: str) -> str:
    node = case.blueprint.nodes[server]
    if level == "node":
        return server
    return node.rack if level == "rack" else node.failure_domains.get("feed", f"both feeds of {node.rack}")
