"""A real browser for tests: headless Chromium, driven through its DevTools protocol."""

from __future__ import annotations

import asyncio
import itertools
import shutil
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp

PROGRAM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--hide-scrollbars",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--remote-debugging-port=0",
    "--window-size=1200,900",
)  # fmt: skip
_PATIENCE_S = 60


class Page:
    """A page that is open; ``troubles`` and ``requests`` are what it complained about and asked for."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.troubles: list[str] = []
        self.requests: list[str] = []
        self._socket = socket
        self._numbers = itertools.count(1)
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reader = asyncio.ensure_future(self._read())

    async def do(self, method: str, **parameters: Any) -> Any:
        """Send a command of the protocol and return its result."""
        number = next(self._numbers)
        self._waiting[number] = asyncio.get_running_loop().create_future()
        await self._socket.send_json({"id": number, "method": method, "params": parameters})
        return await asyncio.wait_for(self._waiting[number], _PATIENCE_S)

    async def value(self, expression: str) -> Any:
        """Return the value of a JavaScript expression."""
        told = await self.do("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in told, told["exceptionDetails"]
        return told["result"].get("value")

    async def until(self, expression: str) -> None:
        """Wait until a JavaScript expression is true."""
        end = time.monotonic() + _PATIENCE_S
        while not await self.value(expression):
            assert time.monotonic() < end, f"never true: {expression}"
            await asyncio.sleep(0.05)

    async def press(self, key: str, text: str = "") -> None:
        """Press a key and let it go."""
        codes = {"Enter": 13, "Escape": 27, "Tab": 9}
        common = {"key": key, "windowsVirtualKeyCode": codes.get(key, ord(text[:1] or " ")), "text": text}
        await self.do("Input.dispatchKeyEvent", type="keyDown", **common)
        await self.do("Input.dispatchKeyEvent", type="keyUp", **common)

    async def _read(self) -> None:
        async for message in self._socket:
            it = message.json()
            if "id" in it:
                self._waiting.pop(it["id"]).set_result(it.get("result", it))
            elif it["method"] == "Network.requestWillBeSent":
                self.requests.append(it["params"]["request"]["url"])
            elif it["method"] in ("Runtime.exceptionThrown", "Log.entryAdded", "Runtime.consoleAPICalled"):
                self.troubles.append(str(it["params"]))


@asynccontextmanager
async def opened(file: Path, profile: Path) -> AsyncIterator[Page]:
    """Open a file in a browser of its own; ``profile`` is an empty folder for it."""
    assert PROGRAM
    flags = [*_FLAGS, f"--user-data-dir={profile}"]
    nowhere = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(PROGRAM, *flags, "about:blank", stdout=nowhere, stderr=nowhere)
    try:
        async with aiohttp.ClientSession() as session:
            port = await _port(profile / "DevToolsActivePort")
            async with session.get(f"http://127.0.0.1:{port}/json/list") as answer:
                target = next(one for one in await answer.json() if one["type"] == "page")
            async with session.ws_connect(target["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                page = Page(socket)
                for domain in ("Page", "Runtime", "Log", "Network"):
                    await page.do(f"{domain}.enable")
                await page.do("Page.navigate", url=file.as_uri())
                yield page
    finally:
        process.terminate()
        await process.wait()


async def _port(file: Path) -> str:
    end = time.monotonic() + _PATIENCE_S
    while not (file.exists() and file.read_text()):  # noqa: ASYNC240 a small file, and nobody else is waiting
        assert time.monotonic() < end, "the browser did not start"
        await asyncio.sleep(0.05)
    return file.read_text().split()[0]  # noqa: ASYNC240
