"""Where each node's installation stands: the one record, changed only here, and safe over a restart.

Nothing here knows HTTP. An *order* is one wish to install a node: the same order again changes nothing, so that a
repeated ``apply`` never writes a disk twice. A *token* belongs to one run of the agent under an open order.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import msgspec

from gigaworks.inventory.boot.configure import BootConfiguration, BootNode
from gigaworks.inventory.canonical import pretty, write_whole
from gigaworks.inventory.problem import GigaworksError, Problem, Refused

Stage = Literal[
    "unknown",  # nothing was heard and nothing is wanted
    "expected",  # an order is open, the node has not asked yet
    "discovered",  # the agent reported its inventory
    "refused",  # the node is not what is declared
    "fetching",
    "verifying",
    "unpacking",
    "seeding",
    "done",
    "failed",
]
REPORTED = ("fetching", "verifying", "unpacking", "seeding", "done", "failed")
HISTORY = 100  # reports kept for each node


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened; ``at`` is UTC, ISO 8601."""

    at: str
    stage: Stage
    text: str = ""


class Install(msgspec.Struct, kw_only=True):
    """Where one node stands."""

    stage: Stage = "unknown"
    order: str | None = None
    expected: bool = False  # the order is open
    token_sha256: str | None = None
    percent: int | None = None
    arch: str | None = None
    macs: list[str] = []
    inventory: dict[str, str] = {}
    host_key: str | None = None
    error: str = ""
    at: str | None = None
    history: list[Report] = []


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the agent is told to do; ``action`` is install, wait, disk or refuse."""

    action: Literal["install", "wait", "disk", "refuse"]
    reason: str = ""
    token: str = ""
    order: str = ""


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


class Installs:
    """All installations of a site: one file a node in ``folder``, each written whole."""

    def __init__(self, folder: Path, now: Callable[[], str] = _now) -> None:
        self._folder = folder
        self._now = now
        self._nodes: dict[str, Install] = {}
        for path in sorted(folder.glob("*.json")):
            try:
                self._nodes[path.stem] = msgspec.json.decode(path.read_bytes(), type=Install)
            except msgspec.DecodeError as error:
                raise GigaworksError(
                    Problem(
                        "The record of an installation cannot be read",
                        f"{path}: {error}",
                        "move the file away: what is installed stays so, and the next apply orders anew what is not",
                        subject=path.stem,
                    )
                ) from error

    def status(self, node: str) -> Install:
        """Return where a node stands; one that was never heard of is *unknown*."""
        return self._nodes.get(node, Install())

    def all(self) -> dict[str, Install]:
        """Return where every node stands that was ordered or heard of."""
        return self._nodes

    def expect(self, node: str, order: str) -> Install:
        """Order the installation of a node. The order that it already has changes nothing, finished or not."""
        install = self._nodes.setdefault(node, Install())
        if install.order != order:
            install.order, install.expected = order, True
            install.token_sha256 = install.percent = install.host_key = None
            self._note(node, "expected", f"order {order}")
        return install

    def forget(self, node: str) -> None:
        """Drop everything known of a node, its open order too; tokens it holds are worthless from now on."""
        if self._nodes.pop(node, None) is not None:
            self._path(node).unlink(missing_ok=True)

    def ask(self, node: BootNode, inventory: Mapping[str, str], remote: str) -> Answer:
        """Answer an agent that tells what its machine consists of and asks what to do."""
        install = self._nodes.setdefault(node.name, Install())
        install.inventory = dict(inventory)
        install.arch = inventory.get("arch")
        install.macs = sorted(inventory.get("macs", "").lower().split())
        if reason := _mismatch(node, install, remote):
            install.token_sha256 = None
            self._note(node.name, "refused", reason)
            return Answer(action="refuse", reason=reason)
        on_disk = inventory.get("installed", "")
        if install.expected and on_disk == install.order and install.host_key:
            install.expected = False
            self._note(node.name, "done", "the disk already holds this order")
        if install.expected and install.order:
            token = secrets.token_urlsafe(32)
            install.token_sha256 = _hashed(token)
            self._note(node.name, "discovered", "told to install")
            return Answer(action="install", token=token, order=install.order)
        if on_disk:
            self._note(node.name, install.stage if install.stage == "done" else "discovered", "told to boot its disk")
            return Answer(action="disk")
        if install.stage != "discovered":
            self._note(node.name, "discovered", "told to wait for an order")
        return Answer(action="wait", reason="no installation of this node is ordered")

    def report(self, token: str, fields: Mapping[str, str]) -> str:
        """Take a report of a running installation and return the node's name.

        Raises:
            Refused: the token belongs to no node, or its installation is done.
            GigaworksError: the report makes no sense.
        """
        node = self._owner(token)
        install = self._nodes[node]
        stage = fields.get("stage", "")
        if stage not in REPORTED:
            raise GigaworksError(
                Problem("A report names no known stage", f"{stage!r} is none of {', '.join(REPORTED)}")
            )
        if not install.expected:
            if stage == "done":
                return node
            raise Refused(Problem("The installation is already done", f"{node} may not report {stage} after it"))
        if key := fields.get("host_key", ""):
            if not re.fullmatch(r"ssh-ed25519 [A-Za-z0-9+/]+=*", key):
                raise GigaworksError(Problem("A reported host key is no Ed25519 public key", f"node {node}"))
            install.host_key = key
        if stage == "done":
            if install.host_key is None:
                raise GigaworksError(Problem("An installation cannot be done without a host key", f"node {node}"))
            install.expected = False
        if stage == "fetching" and install.stage == "fetching":  # progress is not worth a write to the disk
            install.percent, install.at = _percent(fields), self._now()
            return node
        install.percent = _percent(fields)
        text = fields.get("error", "")[:500]
        self._note(node, msgspec.convert(stage, Stage), text)
        return node

    def seed_for(self, token: str) -> str:
        """Return the node that may fetch its seed with this token.

        Raises:
            Refused: the token belongs to no node, or its installation is done.
        """
        node = self._owner(token)
        if not self._nodes[node].expected:
            raise Refused(Problem("The installation is already done", f"{node} may not fetch its seed again"))
        return node

    def _owner(self, token: str) -> str:
        hashed = _hashed(token)
        for name, install in self._nodes.items():
            if install.token_sha256 is not None and secrets.compare_digest(install.token_sha256, hashed):
                return name
        raise Refused(Problem("The token belongs to no running installation", "a later start of the node voids it"))

    def _note(self, node: str, stage: Stage, text: str) -> None:
        install = self._nodes[node]
        install.stage, install.at = stage, self._now()
        install.error = text if stage in {"failed", "refused"} else ""
        install.history = [*install.history[1 - HISTORY :], Report(at=install.at, stage=stage, text=text)]
        write_whole(self._path(node), pretty(install), mode=0o600)

    def _path(self, node: str) -> Path:
        return self._folder / f"{node}.json"


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _percent(fields: Mapping[str, str]) -> int | None:
    text = fields.get("percent", "")
    return min(100, int(text)) if text.isascii() and text.isdigit() else None


def _mismatch(node: BootNode, install: Install, remote: str) -> str:
    """Say how the machine differs from its declaration, or nothing."""
    if remote != node.address:
        return f"asks from {remote}, but {node.name} was given {node.address}"
    if install.arch != node.arch:
        return f"declared {node.arch}, but the machine says {install.arch}"
    if missing := sorted(set(node.macs) - set(install.macs)):
        return f"declared network interfaces are not there: {', '.join(missing)}"
    return ""


def find(configuration: BootConfiguration, mac: str) -> BootNode | None:
    """Return the declared node that boots by this MAC address."""
    return next((node for node in configuration.nodes.values() if node.mac == mac.lower()), None)
