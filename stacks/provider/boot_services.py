"""The boot services: their files are written, loaded, and read back."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

from gigaworks.inventory.problem import GigaworksError, Problem
from gigaworks.stacks.provider.handler import Context, HalfMadeError, Inputs, UnreadableError

if TYPE_CHECKING:
    from gigaworks.inventory.boot.client import BootClient


class BootServices:
    """DHCP and HTTP on the in-band management network."""

    noun = "boot"
    needs = frozenset({"address", "network", "files"})

    async def apply(self, context: Context, name: str, inputs: Inputs) -> None:  # noqa: ARG002
        """Write the files and have them loaded; where they are loaded already, nothing happens."""
        await asyncio.to_thread(_apply, context, inputs)

    async def observe(self, context: Context, name: str, inputs: Inputs) -> Inputs | None:  # noqa: ARG002
        """Return the files' digests as they lie there; a file that is not what was loaded last says so."""
        return await asyncio.to_thread(_observe, context, inputs)

    async def remove(self, context: Context, name: str, inputs: Inputs) -> None:  # noqa: ARG002
        """Take the files away: no node is answered any more."""
        from gigaworks.inventory.boot.configure import FILES

        for file in FILES:
            (context.folder.boot / file).unlink(missing_ok=True)


def digests(files: dict[str, bytes]) -> dict[str, str]:
    """Return the SHA-256 of each file."""
    return {name: hashlib.sha256(data).hexdigest() for name, data in sorted(files.items())}


def _apply(context: Context, inputs: Inputs) -> None:
    from gigaworks.inventory.boot.configure import files_digest, prepare, read, write

    files = prepare(context.folder, context.blueprint())
    if inputs["files"] and digests(files) != inputs["files"]:
        raise GigaworksError(
            Problem(
                "the boot services' files are not those of the plan",
                "an image was published or the site's SSH key changed since the plan was made",
                "plan again",
            )
        )
    client = _client(context)
    if client.config_digest() == files_digest(files):
        return
    write(context.folder, files)
    client.reload()
    if client.config_digest() != files_digest(read(context.folder.boot)):
        raise HalfMadeError(
            Problem("the boot services did not load their files", str(client.state().get("error") or ""))
        )


def _observe(context: Context, inputs: Inputs) -> Inputs:
    from gigaworks.inventory.boot.client import BootServicesAway
    from gigaworks.inventory.boot.configure import read

    found = read(context.folder.boot)
    try:
        state = _client(context).state()
    except BootServicesAway as error:
        raise UnreadableError(*error.problems) from None
    observed = {**inputs, "files": digests(found)}
    if state["loaded"] != state["on_disk"]:
        observed["loaded"] = state["loaded"] or "nothing"
    if state["dhcp"] != "running":
        observed["dhcp"] = state["dhcp"] or "stopped"
    return observed


def _client(context: Context) -> BootClient:
    from gigaworks.inventory.boot.client import BootClient

    return BootClient(context.folder)
