"""The network stack: prefixes, switches with their whole configuration, boot services."""

from __future__ import annotations

from collections.abc import Mapping

from gigaworks.inventory.blueprint import Blueprint, Switch
from gigaworks.stacks.slicing.declared import Declared, StackSlice, facts
from gigaworks.stacks.switch.render import frr_conf


def network_slice(blueprint: Blueprint, boot_files: Mapping[str, str]) -> StackSlice:
    """Cut out the network stack; ``boot_files`` are the SHA-256 of the boot services' files by name."""
    networks = [
        Declared(type="gigaworks:network:Network", name=name, properties=facts(network))
        for name, network in sorted(blueprint.networks.items())
    ]
    switches = [_switch(switch) for _, switch in sorted(blueprint.switches.items()) if switch.platform]
    boot = Declared(
        type="gigaworks:network:BootServices",
        name="boot",
        properties={**facts(blueprint.boot), "files": dict(boot_files)},
        depends_on=[f"Network/{blueprint.boot.network}"],
    )
    return StackSlice(name="network", kind="network", resources=[*networks, *switches, boot])


def _switch(switch: Switch) -> Declared:
    management = switch.management
    return Declared(
        type="gigaworks:network:Switch",
        name=switch.name,
        properties={
            "management": {"name": management.name, "address": management.address, "user": management.user},
            "platform": switch.platform,
            "tier": switch.tier,
            "config": frr_conf(switch),
            "ports": {port.name: {"mtu": port.mtu, "enabled": True} for port in switch.ports},
            "routes_by_hand": [],  # in the kernel beside the routing daemons: there shall be none
        },
    )
