"""The site stack: the site itself and the power devices that stand before every hall."""

from __future__ import annotations

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.stacks.slicing.declared import Declared, StackSlice, facts
from gigaworks.stacks.slicing.hall import power_devices


def site_slice(blueprint: Blueprint) -> StackSlice:
    """Cut out the site stack."""
    site = Declared(
        type="gigaworks:site:Site",
        name=blueprint.site.name,
        properties=facts(blueprint.site, "database", "state"),  # a database URL is no business of the stack
    )
    return StackSlice(name="site", kind="site", resources=[site, *power_devices(blueprint, None)])
