"""Which handler makes which resource type true."""

from __future__ import annotations

from collections.abc import Mapping

from gigaworks.stacks.provider.boot_services import BootServices
from gigaworks.stacks.provider.handler import Handler
from gigaworks.stacks.provider.node_settings import NodeSettings
from gigaworks.stacks.provider.pdu_limits import PduLimits
from gigaworks.stacks.provider.record import Record
from gigaworks.stacks.provider.switch import Switch
from gigaworks.stacks.provider.volume import Volume

HANDLERS: Mapping[str, Handler] = {
    "gigaworks:site:Site": Record("site"),
    "gigaworks:site:Power": Record("power"),
    "gigaworks:hall:Hall": Record("hall"),
    "gigaworks:hall:PowerDevice": Record("power"),
    "gigaworks:hall:CoolingDevice": Record("cooling"),
    "gigaworks:hall:Rack": Record("rack"),
    "gigaworks:network:Network": Record("network"),
    "gigaworks:hall:PduLimits": PduLimits(),
    "gigaworks:hall:NodeSettings": NodeSettings(),
    "gigaworks:network:Switch": Switch(),
    "gigaworks:network:BootServices": BootServices(),
    "gigaworks:storage:Volume": Volume(),
}
