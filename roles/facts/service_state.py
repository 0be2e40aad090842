"""A service under systemd or sysvinit: is it running, does it start with the machine."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pyinfra.api import FactBase

from gigaworks.roles import service_text


class State(NamedTuple):
    """What is known about a service; ``init`` is the PID 1 that manages it."""

    init: Literal["systemd", "sysvinit"]
    running: bool
    enabled: bool


class ServiceState(FactBase[State]):
    """Returns the State of ``service``; one that does not exist is neither running nor enabled."""

    @staticmethod
    def default() -> State:
        """Return a service that does not exist."""
        return State("sysvinit", running=False, enabled=False)

    def command(self, service: str) -> str:
        """Print init, running and enabled."""
        return service_text.state(service)

    def process(self, output: list[str]) -> State:
        """Read the line."""
        init, running, enabled = output[-1].split()
        return State("systemd" if init == "systemd" else "sysvinit", running == "yes", enabled == "yes")
