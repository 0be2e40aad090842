"""The stacks of a site: their slices, and the inline program that declares one to Pulumi."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.stacks.slicing.declared import StackSlice
from gigaworks.stacks.slicing.hall import hall_slice
from gigaworks.stacks.slicing.network import network_slice
from gigaworks.stacks.slicing.site import site_slice
from gigaworks.stacks.slicing.storage import storage_slice

BMC_PASSWORD = "bmc-password"  # noqa: S105 - the key under which its digest is found
BOOT_FILE = "boot/"


def slices(blueprint: Blueprint, secret_digests: Mapping[str, str]) -> dict[str, StackSlice]:
    """Cut the blueprint into its stacks, in the order in which they are applied.

    ``secret_digests`` stands for what the blueprint does not hold (``outside.digests`` reads it): the keyed hash of
    ``bmc-password``, and the SHA-256 of each file of the boot services as ``boot/FILE``.
    """
    boot_files = {
        key.removeprefix(BOOT_FILE): value for key, value in secret_digests.items() if key.startswith(BOOT_FILE)
    }
    found = [
        site_slice(blueprint),
        *(hall_slice(blueprint, hall, secret_digests.get(BMC_PASSWORD)) for hall in sorted(blueprint.halls)),
        network_slice(blueprint, boot_files),
        storage_slice(blueprint),
    ]
    return {each.name: each for each in found}


def program(stack: StackSlice, parallel: int) -> Callable[[], Awaitable[None]]:
    """Return the inline program of a stack.

    It keeps a sliding window: never more than ``4 * parallel`` resources are declared and not yet registered, for
    the SDK's own bookkeeping is quadratic in them.
    """

    async def declare() -> None:
        import pulumi

        from gigaworks.stacks.engine.quiet import quiet_sdk
        from gigaworks.stacks.hall import HallStack
        from gigaworks.stacks.network import NetworkStack
        from gigaworks.stacks.resource import Resource
        from gigaworks.stacks.site import SiteStack
        from gigaworks.stacks.storage import StorageStack

        quiet_sdk()
        provider = pulumi.ProviderResource("gigaworks", "gigaworks", {})
        kinds = {"site": SiteStack, "hall": HallStack, "network": NetworkStack, "storage": StorageStack}
        component = kinds[stack.kind](stack.name)
        done: dict[str, Resource] = {}
        under_way: set[asyncio.Future[object]] = set()
        for each in stack.resources:
            if len(under_way) >= 4 * parallel:
                _, under_way = await asyncio.wait(under_way, return_when=asyncio.FIRST_COMPLETED)
            done[each.local] = component.declare(each, provider, [done[local] for local in each.depends_on])
            under_way.add(asyncio.ensure_future(done[each.local].urn.future()))
        if under_way:
            await asyncio.wait(under_way)

    return declare
