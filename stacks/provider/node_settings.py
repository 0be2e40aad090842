"""A node's BMC settings: power cap and boot source, by Redfish, read back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gigaworks.inventory.problem import GigaworksError
from gigaworks.stacks.provider.handler import Context, Inputs, UnreadableError

if TYPE_CHECKING:
    from gigaworks.inventory.bmc import Controller


class NodeSettings:
    """A node's BMC: power cap, and what the node boots from when nobody says otherwise."""

    noun = "node-settings"
    needs = frozenset({"controller", "boot"})

    async def apply(self, context: Context, name: str, inputs: Inputs) -> None:  # noqa: ARG002
        """Set what differs; a boot source for the next start only is an installation under way and is left alone."""
        async with context.alone(inputs["controller"]["address"]):
            await asyncio.to_thread(_apply, context, inputs)

    async def observe(self, context: Context, name: str, inputs: Inputs) -> Inputs | None:  # noqa: ARG002
        """Return what the BMC says."""
        async with context.alone(inputs["controller"]["address"]):
            return await asyncio.to_thread(_observe, context, inputs)

    async def remove(self, context: Context, name: str, inputs: Inputs) -> None:
        """Leave the BMC as it is: a cap keeps protecting the feed for as long as the node has power."""


def _apply(context: Context, inputs: Inputs) -> None:
    with _controller(context, inputs) as controller:
        source, once = controller.boot()
        if not once and source != inputs["boot"]:
            controller.boot_from(inputs["boot"], once=False)
        if "power_cap_w" in inputs and controller.power_cap() != inputs["power_cap_w"]:
            controller.set_power_cap(inputs["power_cap_w"])


def _observe(context: Context, inputs: Inputs) -> Inputs:
    try:
        with _controller(context, inputs) as controller:
            source, once = controller.boot()
            cap = controller.power_cap() if "power_cap_w" in inputs else None
    except GigaworksError as error:
        raise UnreadableError(*error.problems) from None
    shown = {key: value for key, value in inputs.items() if key != "power_cap_w"}
    # An override that was used up leaves the firmware's own order, and that is the disk
    shown["boot"] = inputs["boot"] if once or source is None else source
    return shown if cap is None else {**shown, "power_cap_w": cap}


def _controller(context: Context, inputs: Inputs) -> Controller:
    from gigaworks.inventory.bmc import Controller

    given = inputs["controller"]
    return Controller(given["address"], given["user"], context.bmc_password(), context.folder.bmc_ca, given["name"])
