"""Virtual media: an image that a system can boot as if it were a CD."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from gigaworks.inventory.lab.machine import Machine
from gigaworks.inventory.lab.redfish.messages import RefusalError, failure, message
from gigaworks.inventory.lab.redfish.resource import Answer, Body, Resource, Tree, action, boolean, status, text, things

_LIMIT_S = 300


class VirtualMedia:
    """The one virtual CD of a machine that can take media; it is fetched whole before it is inserted."""

    def __init__(self, machine: Machine, system: str) -> None:
        self.machine = machine
        self.collection = f"{system}/VirtualMedia"
        self.target = f"{self.collection}/Cd/Actions/VirtualMedia"
        self.image: str | None = None

    def tree(self) -> Tree:
        """Return the virtual CD and its actions."""
        return {
            **things("VirtualMedia", "Virtual media", self.collection, {"Cd": self._drive()}),
            f"{self.target}.InsertMedia": action(
                "VirtualMedia.InsertMedia",
                {"Image": text(1, 2000), "Inserted": boolean, "WriteProtected": boolean},
                self._insert,
                frozenset({"Inserted", "WriteProtected"}),
                privilege="ConfigureManager",
            ),
            f"{self.target}.EjectMedia": action(
                "VirtualMedia.EjectMedia", {}, self._eject, privilege="ConfigureManager"
            ),
        }

    def _drive(self) -> Resource:
        def read() -> Body:
            return {
                "Id": "Cd",
                "Name": "Virtual CD",
                "MediaTypes": ["CD", "DVD"],
                "Image": self.image,
                "ImageName": self.image.rpartition("/")[2] if self.image else None,
                "ConnectedVia": "URI" if self.image else "NotConnected",
                "Inserted": self.image is not None,
                "WriteProtected": True,
                "Actions": {
                    "#VirtualMedia.InsertMedia": {"target": f"{self.target}.InsertMedia"},
                    "#VirtualMedia.EjectMedia": {"target": f"{self.target}.EjectMedia"},
                },
                "Status": status(),
            }

        return Resource("VirtualMedia.v1_6_5.VirtualMedia", read)

    async def _insert(self, values: Body) -> Answer:
        url = values["Image"]
        if urlsplit(url).scheme not in ("http", "https"):
            raise RefusalError(400, message("ActionParameterValueError", "Image", "VirtualMedia.InsertMedia"))
        path = self.machine.console.with_name("media.iso")
        try:
            await _download(url, path)
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise RefusalError(400, failure(f"{url}: {error}")) from error
        self.machine.set_media(path)
        self.image = url
        return Answer(204)

    async def _eject(self, _values: Body) -> Answer:
        self.machine.set_media(None)
        self.image = None
        return Answer(204)


async def _download(url: str, path: Path) -> None:
    timeout = aiohttp.ClientTimeout(total=_LIMIT_S, connect=5)
    async with aiohttp.ClientSession(timeout=timeout, raise_for_status=True) as client, client.get(url) as answer:
        with path.open("wb") as file:
            async for chunk in answer.content.iter_chunked(1 << 16):
                file.write(chunk)
