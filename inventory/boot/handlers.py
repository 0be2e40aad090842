"""The two HTTP interfaces: for nodes on the management network, and for Gigaworks on a unix socket."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Protocol, get_args

import msgspec
from aiohttp import web

from gigaworks.inventory.blueprint import Arch
from gigaworks.inventory.boot.configure import BootConfiguration
from gigaworks.inventory.boot.installs import Installs, find
from gigaworks.inventory.boot.seed import seed
from gigaworks.inventory.canonical import canonical
from gigaworks.inventory.problem import GigaworksError, Problem, Refused

log = logging.getLogger(__name__)

LARGEST_REQUEST = 64 * 1024  # bytes
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Services(Protocol):
    """What the handlers need of the running boot services."""

    folder: Path
    installs: Installs
    configuration: BootConfiguration | None

    async def reload(self) -> None:
        """Read the configuration files again and serve what they say."""

    def state(self) -> dict[str, Any]:
        """Return what is served right now."""


class NodeInterface:
    """What nodes may do: boot, ask, fetch, report. Bodies are ``key=value`` lines, so that a shell can speak it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def application(self) -> web.Application:
        """Return the interface as an aiohttp application."""
        application = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[_problems_as_reasons])
        application.router.add_get("/boot/{arch}", self._boot_file)
        application.router.add_get("/images/{name}", self._image)
        application.router.add_post("/v1/install", self._install)
        application.router.add_post("/v1/seed", self._seed)
        application.router.add_post("/v1/report", self._report)
        return application

    def _configuration(self) -> BootConfiguration:
        if self._services.configuration is None:
            raise web.HTTPServiceUnavailable(reason="The boot services are not configured yet")
        return self._services.configuration

    async def _boot_file(self, request: web.Request) -> web.StreamResponse:
        configuration = self._configuration()
        if request.match_info["arch"] not in get_args(Arch):
            raise web.HTTPNotFound(reason="No boot file for this architecture")
        script = agent(f"http://{configuration.address}:{configuration.http_port}")
        return web.Response(text=script, content_type="text/x-shellscript")

    async def _install(self, request: web.Request) -> web.StreamResponse:
        inventory = _fields(await request.text())
        mac = inventory.get("mac", "")
        node = find(self._configuration(), mac)
        if node is None:
            log.warning("refused: no node is declared with the MAC address %r, asked from %s", mac, request.remote)
            return _lines({"action": "refuse", "reason": f"no node is declared with the MAC address {mac}"})
        answer = self._services.installs.ask(node, inventory, request.remote or "")
        lines = {"action": answer.action, "reason": answer.reason}
        if answer.action == "install":
            lines |= {"token": answer.token, "order": answer.order}
            lines |= {"image": node.image, "sha256": node.sha256, "size": str(node.size)}
        if answer.action != "wait":
            log.info("%s asks what to do: %s %s", node.name, answer.action, answer.reason)
        return _lines(lines)

    async def _image(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["name"]
        path = self._services.folder / "images" / name
        if name not in {node.image for node in self._configuration().nodes.values()} or not path.is_file():
            raise web.HTTPNotFound(reason="No such image")
        return web.FileResponse(path, headers={"Content-Type": "application/x-tar"})

    async def _seed(self, request: web.Request) -> web.StreamResponse:
        configuration = self._configuration()
        name = self._services.installs.seed_for(_fields(await request.text()).get("token", ""))
        if name not in configuration.nodes:
            raise web.HTTPGone(reason="The node is no longer declared")
        return web.Response(body=seed(configuration, configuration.nodes[name]), content_type="application/x-tar")

    async def _report(self, request: web.Request) -> web.StreamResponse:
        fields = _fields(await request.text())
        name = self._services.installs.report(fields.get("token", ""), fields)
        shown = " ".join(filter(None, (fields.get("stage"), fields.get("percent"), fields.get("error"))))
        log.info("%s reports: %s", name, shown)
        return _lines({"answer": "ok"})


class ControlInterface:
    """What Gigaworks may do; whoever may open the socket (mode 0600) may use it."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def application(self) -> web.Application:
        """Return the interface as an aiohttp application."""
        application = web.Application(client_max_size=LARGEST_REQUEST, middlewares=[_problems_as_json])
        application.router.add_get("/v1/state", self._state)
        application.router.add_post("/v1/reload", self._reload)
        application.router.add_get("/v1/nodes", self._nodes)
        application.router.add_get("/v1/nodes/{node}", self._node)
        application.router.add_put("/v1/nodes/{node}/order", self._expect)
        application.router.add_delete("/v1/nodes/{node}", self._forget)
        return application

    def _status(self, name: str) -> dict[str, Any]:
        fields = msgspec.to_builtins(self._services.installs.status(name))
        del fields["token_sha256"]
        return {"node": name, **fields}

    async def _state(self, _request: web.Request) -> web.StreamResponse:
        return _json(self._services.state())

    async def _reload(self, _request: web.Request) -> web.StreamResponse:
        await self._services.reload()
        return _json(self._services.state())

    async def _nodes(self, _request: web.Request) -> web.StreamResponse:
        configuration = self._services.configuration
        names = set(self._services.installs.all()) | set(configuration.nodes if configuration else ())
        return _json({name: self._status(name) for name in sorted(names)})

    async def _node(self, request: web.Request) -> web.StreamResponse:
        return _json(self._status(request.match_info["node"]))

    async def _expect(self, request: web.Request) -> web.StreamResponse:
        order = (await request.json()).get("order") or uuid.uuid4().hex
        name = request.match_info["node"]
        if self._services.configuration is None or name not in self._services.configuration.nodes:
            raise GigaworksError(
                Problem(
                    "The boot services do not know this node",
                    f"{name} is not in the configuration that they have loaded",
                    "apply the network stack first, it gives the boot services their configuration",
                    subject=name,
                )
            )
        self._services.installs.expect(name, order)
        return _json(self._status(name))

    async def _forget(self, request: web.Request) -> web.StreamResponse:
        name = request.match_info["node"]
        self._services.installs.forget(name)
        return _json(self._status(name))


def agent(server: str) -> str:
    """Return the install agent that reports to ``server`` (``http://ADDRESS:PORT``)."""
    return Path(__file__).with_name("agent.sh").read_text().replace("@SERVER@", server)


@web.middleware
async def _problems_as_reasons(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except GigaworksError as error:
        reason = " ".join(str(error).split())
        log.warning("refused %s from %s: %s", request.path, request.remote, reason)
        kind = web.HTTPForbidden if isinstance(error, Refused) else web.HTTPUnprocessableEntity
        raise kind(reason=reason) from error


@web.middleware
async def _problems_as_json(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        return await handler(request)
    except GigaworksError as error:
        return _json({"problems": list(error.problems)}, status=422)


def _fields(text: str) -> dict[str, str]:
    return {key: value for key, mark, value in (line.partition("=") for line in text.splitlines()) if mark}


def _lines(fields: dict[str, str]) -> web.Response:
    return web.Response(text="".join(f"{key}={value}\n" for key, value in fields.items()))


def _json(value: object, status: int = 200) -> web.Response:
    return web.Response(body=canonical(value), content_type="application/json", status=status)
