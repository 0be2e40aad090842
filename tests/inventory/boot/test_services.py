"""The HTTP interface for nodes and the control socket, on loopback, without root."""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import http.client
import stat
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.boot import configure
from gigaworks.inventory.boot.client import BootClient, BootServicesAway
from gigaworks.inventory.boot.handlers import ControlInterface, NodeInterface
from gigaworks.inventory.boot.image import image_store, published
from gigaworks.inventory.boot.server import BootServices, control_socket
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError


@dataclass
class Served:
    """Boot services on 127.0.0.1 without DHCP: the node gpu-01-n1 has the address 127.0.0.11."""

    folder: SiteFolder
    port: int
    client: BootClient

    def ask(
        self, method: str, path: str, body: str = "", source: str = "127.0.0.11", **headers: str
    ) -> tuple[http.client.HTTPResponse, bytes]:
        """Ask as the node with the address ``source``."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10, source_address=(source, 0))
        with contextlib.closing(connection):
            connection.request(method, path, body or None, headers)
            response = connection.getresponse()
            return response, response.read()

    def lines(self, path: str, **fields: str) -> dict[str, str]:
        """Post lines and return the lines of the answer."""
        response, body = self.ask("POST", path, "".join(f"{key}={value}\n" for key, value in fields.items()))
        assert response.status == 200, response.reason
        return dict(line.split("=", 1) for line in body.decode().splitlines())

    def install(self) -> dict[str, str]:
        """Ask what to do, as gpu-01-n1's agent does."""
        mac = "02:00:00:00:00:0b"
        return self.lines("/v1/install", mac=mac, macs=mac, arch="x86_64", installed="")


@pytest.fixture
def served(
    design: Callable[..., Blueprint], site_folder: Callable[..., SiteFolder], tmp_path: Path
) -> Iterator[Served]:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "file").write_bytes(bytes(range(256)) * 400)
    folder = site_folder(tmp_path / "site", tree)
    files = configure.prepare(folder, design(network="127.0.0"))
    configure.write(folder, files)
    services = BootServices(folder.boot)
    services.configuration = configure.decode(files[configure.NODES_FILE])
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()

    async def start() -> tuple[list[web.AppRunner], int]:
        nodes = web.AppRunner(NodeInterface(services).application())
        control = web.AppRunner(ControlInterface(services).application())
        await nodes.setup()
        await control.setup()
        site = web.TCPSite(nodes, "127.0.0.1", 0)
        await site.start()
        await web.SockSite(control, control_socket(folder.boot)).start()
        return [nodes, control], nodes.addresses[0][1]

    async def stop(runners: list[web.AppRunner]) -> None:
        for runner in runners:
            await runner.cleanup()

    runners, port = asyncio.run_coroutine_threadsafe(start(), loop).result(10)
    yield Served(folder, port, BootClient(folder))
    asyncio.run_coroutine_threadsafe(stop(runners), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join(10)
    loop.close()


def test_the_boot_file_is_the_agent_with_this_server_in_it(served: Served) -> None:
    """A known architecture gets the agent, an unknown one nothing."""
    response, body = served.ask("GET", "/boot/riscv64")

    assert response.status == 200
    assert body.startswith(b"#!/bin/busybox sh")
    assert b"server='http://127.0.0.1:8080'" in body
    assert served.ask("GET", "/boot/sparc")[0].status == 404


def test_an_installation_from_order_to_done(served: Served) -> None:
    """Order, ask, image, seed, host key, done: the client sees each stage with its time."""
    served.client.expect("gpu-01-n1", "order-1")
    told = served.install()
    _, image = served.ask("GET", f"/images/{told['image']}")
    assert hashlib.sha256(image).hexdigest() == told["sha256"]
    assert served.client.status("gpu-01-n1")["stage"] == "discovered"

    served.lines("/v1/report", token=told["token"], stage="fetching", percent="40")
    assert served.client.status("gpu-01-n1")["percent"] == 40
    response, seed = served.ask("POST", "/v1/seed", f"token={told['token']}\n")
    assert response.status == 200
    assert b"gpu-01-n1" in seed
    served.lines("/v1/report", token=told["token"], stage="seeding", host_key="ssh-ed25519 AAAA")
    served.lines("/v1/report", token=told["token"], stage="done")

    status = served.client.status("gpu-01-n1")
    assert (status["stage"], status["host_key"], status["expected"]) == ("done", "ssh-ed25519 AAAA", False)
    stages = [entry["stage"] for entry in status["history"]]
    assert stages == ["expected", "discovered", "fetching", "seeding", "done"]
    assert all(entry["at"].endswith("+00:00") for entry in status["history"])
    assert served.install()["action"] == "wait"


def test_images_can_be_resumed_and_asked_for_by_head(served: Served) -> None:
    """HEAD tells the length, a range gives the rest, and only images of the configuration are served."""
    image = published(image_store(served.folder), "debian-x86_64")
    head, empty = served.ask("HEAD", f"/images/{image.name}")
    part, rest = served.ask("GET", f"/images/{image.name}", Range="bytes=1000-")
    whole = (image_store(served.folder) / image.name).read_bytes()

    assert (head.status, head.headers["Content-Length"], empty) == (200, str(image.size), b"")
    assert (part.status, rest) == (206, whole[1000:])
    for name in ("debian-x86_64.json", "..%2fnodes.json", "..%2f..%2fsecrets%2fid_ed25519.pub"):
        assert served.ask("GET", f"/images/{name}")[0].status == 404


def test_strangers_get_nothing(served: Served) -> None:
    """An undeclared MAC address, another node's address and a made-up token are refused, each with its reason."""
    served.client.expect("gpu-01-n1")
    stranger = served.lines("/v1/install", mac="02:00:00:00:00:99", arch="x86_64")
    assert stranger["action"] == "refuse"
    assert "02:00:00:00:00:99" in stranger["reason"]
    body = "mac=02:00:00:00:00:0b\nmacs=02:00:00:00:00:0b\narch=x86_64\n"
    assert b"action=refuse" in served.ask("POST", "/v1/install", body, source="127.0.0.12")[1]
    for path in ("/v1/seed", "/v1/report"):
        response, _ = served.ask("POST", path, "token=guess\nstage=done\n")
        assert (response.status, "token" in response.reason) == (403, True)


def test_nodes_cannot_reach_the_control_operations(served: Served) -> None:
    """Orders and status live on the socket only, and only its owner may open that."""
    for method, path in (("GET", "/v1/nodes"), ("PUT", "/v1/nodes/gpu-01-n1/order"), ("POST", "/v1/reload")):
        assert served.ask(method, path)[0].status == 404
    assert stat.S_IMODE((served.folder.boot / "control.sock").stat().st_mode) == 0o600


def test_an_unknown_node_cannot_be_expected(served: Served) -> None:
    """The server's own problem reaches the caller, words and fix."""
    with pytest.raises(GigaworksError) as caught:
        served.client.expect("gpu-99-n9")
    assert caught.value.problems[0].subject == "gpu-99-n9"
    assert "network stack" in caught.value.problems[0].fix


def test_the_client_lists_and_forgets(served: Served) -> None:
    """Every configured node has a status, heard of or not; a forgotten one is unknown again."""
    served.client.expect("rv-01-n1")
    stages: dict[str, Any] = {name: status["stage"] for name, status in served.client.statuses().items()}
    assert stages == {"arm-01-n1": "unknown", "gpu-01-n1": "unknown", "rv-01-n1": "expected"}
    served.client.forget("rv-01-n1")
    assert served.client.status("rv-01-n1")["stage"] == "unknown"


def test_services_that_are_not_there_are_named(tmp_path: Path) -> None:
    """No socket is one clear problem with the command that starts the services."""
    with pytest.raises(BootServicesAway, match=r"control\.sock") as caught:
        BootClient(SiteFolder(tmp_path), timeout_s=1).state()
    assert "gigaworks boot serve" in caught.value.problems[0].fix
