"""Which handler makes which resource type true."""

from __future__ import annotations

from collections.abc import Mapping

from gigaworks.stacks.provider.boot_services import BootServices
from gigaworks.stacks.provider.handler import Handler
from gigaworks.stacks.provider.record import Record

HANDLERS: Mapping[str, Handler] = {
    "gigaworks:site:Site": Record("site"),
    "gigaworks:site:Power": Record("power"),
    "gigaworks:hall:Hall": Record("hall"),
    "gigaworks:hall:PowerDevice": Record("power"),
    "gigaworks:hall:CoolingDevice": Record("cooling"),
    "gigaworks:hall:Rack": Record("rack"),
    "gigaworks:network:Network": Record("network"),
    "gigaworks:network:BootServices": BootServices(),
}
