"""What a rack PDU may deliver, by Redfish, read back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from gigaworks.inventory.problem import GigaworksError
from gigaworks.stacks.provider.handler import Context, Inputs, UnreadableError

if TYPE_CHECKING:
    from gigaworks.inventory.bmc import OutletController


class PduLimits:
    """A rack PDU: the power it may deliver."""

    noun = "pdu-limits"
    needs = frozenset({"controller", "limit_kw"})

    async def apply(self, context: Context, name: str, inputs: Inputs) -> None:  # noqa: ARG002
        """Set the limit if it differs."""
        async with context.alone(inputs["controller"]["address"]):
            await asyncio.to_thread(_apply, context, inputs)

    async def observe(self, context: Context, name: str, inputs: Inputs) -> Inputs | None:  # noqa: ARG002
        """Return what the PDU says."""
        async with context.alone(inputs["controller"]["address"]):
            return await asyncio.to_thread(_observe, context, inputs)

    async def remove(self, context: Context, name: str, inputs: Inputs) -> None:
        """Leave the PDU as it is."""


def _apply(context: Context, inputs: Inputs) -> None:
    with _controller(context, inputs) as controller:
        if controller.limit_kw() != inputs["limit_kw"]:
            controller.set_limit_kw(inputs["limit_kw"])


def _observe(context: Context, inputs: Inputs) -> Inputs:
    try:
        with _controller(context, inputs) as controller:
            limit = controller.limit_kw()
    except GigaworksError as error:
        raise UnreadableError(*error.problems) from None
    shown = {key: value for key, value in inputs.items() if key != "limit_kw"}
    return shown if limit is None else {**shown, "limit_kw": limit}


def _controller(context: Context, inputs: Inputs) -> OutletController:
    from gigaworks.inventory.bmc import OutletController

    given = inputs["controller"]
    return OutletController(
        given["address"], given["user"], context.bmc_password(), context.folder.bmc_ca, given["name"]
    )
