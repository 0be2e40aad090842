"""What proves role rdma."""

from __future__ import annotations

import operator
from collections.abc import Callable

from gigaworks.inventory.blueprint import Nic
from gigaworks.roles.check import Check, NotHereError, Output, text
from gigaworks.roles.rdma import settings
from gigaworks.roles.rdma.params import Params
from gigaworks.roles.readers import ethtool, infiniband, mlnx_qos, modules
from gigaworks.roles.target import Context

LAYERS = {"infiniband": "InfiniBand", "roce": "Ethernet"}


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    nics = settings.nics(context)
    layer = LAYERS[params.transport]
    speeds = [nic.speed_mbit_s // 1000 for nic in nics if nic.speed_mbit_s]
    slowest = min(speeds, default=None)
    found = [
        Check("active", "ports that are up", infiniband.SYSFS, len(nics), active(layer), operator.ge),
        Check("peermem", "how adapters reach GPU memory", "cat /proc/modules", *_peermem(params, context)),
        *(
            Check(f"mtu.{nic.name}", f"MTU of {nic.name}", f"cat /sys/class/net/{nic.name}/mtu", nic.mtu, _number)
            for nic in nics
            if params.transport == "roce"
        ),
    ]
    if slowest and params.transport == "infiniband":
        summary = "slowest port that is up"
        found.append(Check("rate", summary, infiniband.SYSFS, slowest, rate(layer), operator.ge, "Gbit/s"))
    if params.transport == "roce":
        found += [_speed_of(nic) for nic in nics if nic.speed_mbit_s]
        for nic in nics:
            command = f"mlnx_qos -i {nic.name}"
            wanted = f"trust dscp, PFC on {params.priority}, DSCP {params.dscp} to {params.priority}"
            found.append(Check(f"qos.{nic.name}", f"QoS of {nic.name}", command, wanted, qos(params.dscp)))
    return found


def active(layer: str) -> Callable[[Output], int]:
    """Return the reader of how many ports of a link layer are up."""
    return lambda output: len(_up(layer, output))


def rate(layer: str) -> Callable[[Output], int]:
    """Return the reader of the slowest port that is up, in Gbit/s."""

    def read(output: Output) -> int:
        ports = _up(layer, output)
        if not ports:
            raise NotHereError("rate: no port is up, see `active`")
        return min(port.rate for port in ports)

    return read


def _up(layer: str, output: Output) -> list[infiniband.Port]:
    return [port for port in infiniband.sysfs(text(output)) if port.state == "Active" and port.layer == layer]


def qos(dscp: int) -> Callable[[Output], str]:
    """Return the reader of what RoCE hangs on, in the words of the expectation."""

    def read(output: Output) -> str:
        found = mlnx_qos.qos(text(output))
        pfc = " and ".join(map(str, found.pfc)) or "none"
        return f"trust {found.trust}, PFC on {pfc}, DSCP {dscp} to {found.priority_of.get(dscp, 'none')}"

    return read


def _number(output: Output) -> int:
    return int(text(output))


def _peermem(params: Params, context: Context) -> tuple[str, Callable[[Output], str]]:
    wanted = settings.gpudirect(params, context)

    def read(output: Output) -> str:
        there = "nvidia_peermem" in modules.loaded(text(output))
        return "peermem" if there else wanted if wanted != "peermem" else "without peermem"

    return wanted, read


def _speed_of(nic: Nic) -> Check:
    def read(output: Output) -> int | None:
        return ethtool.link(text(output)).speed

    return Check(
        f"speed.{nic.name}", f"speed of {nic.name}", f"ethtool {nic.name}", nic.speed_mbit_s, read, unit="Mbit/s"
    )
