"""The boot services from Gigaworks' side: over their unix socket, which no network namespace stands in the way of."""

from __future__ import annotations

import http.client
import os
import socket
from typing import Any

import msgspec

from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem


class BootServicesAway(GigaworksError):
    """The boot services of the site do not run or do not answer."""


class _Connection(http.client.HTTPConnection):
    """HTTP over ``control.sock``, reached by the folder's descriptor: a unix socket's path is short."""

    def __init__(self, folder: SiteFolder, timeout_s: float) -> None:
        super().__init__("boot", timeout=timeout_s)
        self._folder = folder

    def connect(self) -> None:
        descriptor = os.open(self._folder.boot, os.O_PATH | os.O_DIRECTORY)
        try:
            self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            self.sock.settimeout(self.timeout)
            self.sock.connect(f"/proc/self/fd/{descriptor}/control.sock")
        finally:
            os.close(descriptor)


class BootClient:
    """Orders installations and asks how they stand. Every call is one short connection with a time limit.

    All methods raise ``BootServicesAway`` where nothing answers, and ``GigaworksError`` with the server's own problems.
    """

    def __init__(self, folder: SiteFolder, timeout_s: float = 10.0) -> None:
        self._folder = folder
        self._timeout_s = timeout_s

    def expect(self, node: str, order: str | None = None) -> dict[str, Any]:
        """Order the installation of a node and return its status.

        The order it already has changes nothing, whether open or finished; name orders so that a repeated apply uses
        the same one. Without a name it is always a new order.
        """
        return self._ask("PUT", f"/v1/nodes/{node}/order", {"order": order})

    def status(self, node: str) -> dict[str, Any]:
        """Return where a node stands.

        Keys: node, stage (see ``installs.Stage``), order, expected, percent, arch, macs, inventory, host_key (OpenSSH
        public key), error, at (UTC), history (list of at, stage, text).
        """
        return self._ask("GET", f"/v1/nodes/{node}")

    def statuses(self) -> dict[str, dict[str, Any]]:
        """Return where every node stands, by name."""
        return self._ask("GET", "/v1/nodes")

    def forget(self, node: str) -> None:
        """Drop the node's open order and everything known of it."""
        self._ask("DELETE", f"/v1/nodes/{node}")

    def reload(self) -> dict[str, Any]:
        """Make the services read their files again and return their state."""
        return self._ask("POST", "/v1/reload")

    def state(self) -> dict[str, Any]:
        """Return what is served: loaded and on_disk (digests), address, http_port, nodes, dhcp, error."""
        return self._ask("GET", "/v1/state")

    def config_digest(self) -> str | None:
        """Return the digest of the configuration, or None where there is none or file and server disagree."""
        state = self.state()
        return state["loaded"] if state["loaded"] == state["on_disk"] else None

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        connection = _Connection(self._folder, self._timeout_s)
        try:
            connection.request(method, path, body=None if body is None else msgspec.json.encode(body))
            response = connection.getresponse()
            answer: dict[str, Any] = msgspec.json.decode(response.read())
        except (OSError, http.client.HTTPException, msgspec.DecodeError) as error:
            raise BootServicesAway(
                Problem(
                    "The boot services do not answer",
                    f"{self._folder.boot / 'control.sock'}: {error}",
                    "start them: `gigaworks boot serve SITE`; a lab site has them with `gigaworks lab up SITE`",
                )
            ) from error
        finally:
            connection.close()
        if response.status != http.client.OK:
            raise GigaworksError(*msgspec.convert(answer["problems"], tuple[Problem, ...]))
        return answer
