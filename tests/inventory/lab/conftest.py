from __future__ import annotations

import contextlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gigaworks.inventory import lab
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.lab import linux
from gigaworks.inventory.problem import GigaworksError
from gigaworks.inventory.templates import copy_template


class Yard:
    """The template's lab site, and hands to work in it."""

    def __init__(self, root: Path) -> None:
        copy_template("lab", root, {"name": "demo"})
        self.folder = SiteFolder(root)
        self.blueprint: Blueprint = declare(root).blueprint
        self.said: list[str] = []

    def up(self, blueprint: Blueprint | None = None) -> None:
        """Make the lab as the blueprint says."""
        lab.up(self.folder, blueprint or self.blueprint, self.said.append)

    def down(self) -> None:
        """Take it away."""
        lab.down(self.folder, self.said.append)

    def run(self, machine: str, *command: str) -> str:
        """Run a command in a machine and return what it printed."""
        answer = lab.request(self.folder, {"do": "run", "machine": machine, "command": list(command)})
        return str(answer["output"])

    def status(self, machine: str) -> dict[str, Any]:
        """Return what the supervisor says about a machine."""
        return dict(lab.request(self.folder, {"do": "status"})["machines"][machine])

    def power(self, machine: str, state: str) -> None:
        """Press the button: on, off, reset or shutdown (graceful)."""
        lab.request(self.folder, {"do": "power", "machine": machine, "state": state})

    def fault(self, kind: str, *arguments: str) -> dict[str, Any]:
        """Make a fault."""
        return lab.request(self.folder, {"do": "fault", "kind": kind, "arguments": list(arguments)})

    def console(self, machine: str) -> str:
        """Return what a machine printed."""
        return (self.folder.lab / "nodes" / machine / "console.log").read_text(errors="replace")

    @contextlib.contextmanager
    def inside(self) -> Iterator[None]:
        """Reach the lab's network from this process, and come back."""
        home = os.open("/proc/self/ns/net", os.O_RDONLY)
        try:
            lab.enter(self.folder)
            yield
        finally:
            linux.setns(Path(f"/proc/self/fd/{home}"), linux.NEWNET)
            os.close(home)


def until(condition: Callable[[], Any], seconds: float = 60) -> Any:
    """Return what the condition gives as soon as it gives something; fail after a while."""
    deadline = time.monotonic() + seconds
    while True:
        with contextlib.suppress(GigaworksError):  # a machine that is just starting
            if found := condition():
                return found
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.2)


@pytest.fixture(scope="package")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Yard]:
    """Bring a lab up, for all tests that leave it as they found it."""
    if lab.missing():
        pytest.skip(f"no lab on this computer: {lab.missing()[0].summary}")
    yard = Yard(tmp_path_factory.mktemp("lab") / "demo")
    try:
        yard.up()
        yield yard
    finally:
        yard.down()
        shutil.rmtree(yard.folder.root)
