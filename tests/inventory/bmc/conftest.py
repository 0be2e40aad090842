"""A controller that serves a recorded Redfish tree as it is, over TLS, and remembers what it was asked to change."""

from __future__ import annotations

import http.server
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gigaworks.inventory.lab.certificates import Authority

DATA = Path(__file__).parents[3].resolve().parent / "shared/data/redfish"
USER, PASSWORD = "operator", "made-up"


class Recorded:
    """A tree on 127.0.0.1; ``changes`` holds method, path and body of everything that was not a read."""

    def __init__(self, bodies: dict[str, Any], ca: Authority) -> None:
        self.bodies = {_plain(uri): body for uri, body in bodies.items()}
        self.changes: list[tuple[str, str, Any]] = []
        self.logins = 0
        self.sessions = True  # False: a controller without them
        self.reading = 0  # at this moment
        self.most_reading = 0  # ever at once
        self.busy = 0  # so many reads get 503 first
        self.after_change: Callable[[tuple[str, str, Any]], None] = lambda _change: None
        self.ca = ca
        recorded = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                recorded.reading += 1
                recorded.most_reading = max(recorded.most_reading, recorded.reading)
                recorded.get(self)
                recorded.reading -= 1

            def do_POST(self) -> None:
                recorded.change(self)

            do_PATCH = do_POST  # noqa: N815 - the names are http.server's
            do_DELETE = do_POST  # noqa: N815

            def log_message(self, *_: Any) -> None:
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*ca.issue("recorded", ["127.0.0.1"]))
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.address = f"127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    def get(self, request: http.server.BaseHTTPRequestHandler) -> None:
        """Answer a read from the tree."""
        path = _plain(request.path)
        public = path == "/redfish/v1"
        if self.busy:
            self.busy -= 1
            self.answer(request, 503, {"error": {"code": "Base.1.0.GeneralError", "message": "booting"}})
        elif not public and not (request.headers.get("X-Auth-Token") or request.headers.get("Authorization")):
            self.answer(request, 401, {})
        elif path not in self.bodies or "error" in self.bodies[path]:
            self.answer(request, 404, {"error": {"code": "Base.1.0.ResourceMissingAtURI", "message": "not found"}})
        else:
            self.answer(request, 200, self.bodies[path])

    def change(self, request: http.server.BaseHTTPRequestHandler) -> None:
        """Remember a change, or log somebody in."""
        length = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.rfile.read(length) or b"null")
        if request.command == "POST" and "/sessions" in _plain(request.path):
            self.logins += 1
            if not self.sessions:
                self.answer(request, 404, {})
            elif body != {"UserName": USER, "Password": PASSWORD}:
                self.answer(request, 401, {})
            else:
                headers = {"X-Auth-Token": "t", "Location": f"{request.path}/1"}
                self.answer(request, 201, {"@odata.id": f"{request.path}/1"}, headers)
            return
        if request.command != "DELETE" or "/sessions/" not in _plain(request.path):
            self.changes.append((request.command, request.path, body))
            self.after_change(self.changes[-1])
        self.answer(request, 200, {})

    def answer(
        self,
        request: http.server.BaseHTTPRequestHandler,
        status: int,
        body: Any,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Send an answer with JSON."""
        data = json.dumps(body).encode()
        request.send_response(status)
        for key, value in {**(headers or {}), "Content-Type": "application/json"}.items():
            request.send_header(key, value)
        request.send_header("Content-Length", str(len(data)))
        request.end_headers()
        request.wfile.write(data)

    def close(self) -> None:
        """Stop serving."""
        self.server.shutdown()
        self.server.server_close()


def _plain(uri: str) -> str:
    return uri.rstrip("/").lower()


@pytest.fixture(scope="session")
def ca(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def record(ca: Authority) -> Iterator[Callable[[dict[str, Any]], Recorded]]:
    """Serve trees for the time of a test."""
    made: list[Recorded] = []

    def serve(bodies: dict[str, Any]) -> Recorded:
        made.append(Recorded(bodies, ca))
        return made[-1]

    yield serve
    for recorded in made:
        recorded.close()


def load_tree(source: str) -> dict[str, Any]:
    """Load a bundle by its file, or a folder of single resources by their @odata.id; skips where the data is not."""
    path = DATA / source
    if not path.exists():
        pytest.skip(f"recorded Redfish tree {source} is not there")
    if path.is_file():
        bundle: dict[str, Any] = json.loads(path.read_text())
        return bundle
    loaded: dict[str, Any] = {}
    for file in sorted(path.rglob("*.json")):
        body = json.loads(file.read_text())
        if isinstance(body, dict) and "@odata.id" in body:
            loaded.setdefault(body["@odata.id"], body)
    return loaded


@pytest.fixture
def tree() -> Callable[[str], dict[str, Any]]:
    """Give the loader of recorded trees."""
    return load_tree
