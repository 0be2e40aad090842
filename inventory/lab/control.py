"""How commands talk to a lab's supervisor: one JSON line each way over a unix socket, with lines of talk between."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from gigaworks.inventory.problem import GigaworksError, Problem

SOCKET = "control.sock"
LIMIT_S = 120.0


@contextlib.contextmanager
def reachable(folder: Path) -> Iterator[str]:
    """Return a path of the socket that is short enough: a unix socket's may have 107 bytes."""
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET}"
    finally:
        os.close(descriptor)


def ask(folder: Path, message: dict[str, Any], emit: Callable[[str], None] = lambda _: None) -> dict[str, Any]:
    """Send a message and return the answer; lines that the supervisor says meanwhile go to ``emit``.

    Raises:
        GigaworksError: the lab is down, does not answer within two minutes, or says that it could not be done.
    """
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection, reachable(folder) as path:
            connection.settimeout(LIMIT_S)
            connection.connect(path)
            connection.sendall(msgspec.json.encode(message) + b"\n")
            with connection.makefile("rb") as lines:
                for line in lines:
                    answer: dict[str, Any] = msgspec.json.decode(line)
                    if "say" in answer:
                        emit(answer["say"])
                    elif "problems" in answer:
                        raise _known(answer)
                    else:
                        return answer
    except (OSError, msgspec.DecodeError) as error:
        fix = f"gigaworks lab up; what it said last stands in {folder / 'supervisor.log'}"
        raise GigaworksError(Problem("The lab does not answer", str(error), fix)) from None
    raise GigaworksError(Problem("The lab ended before it answered", fix=f"see {folder / 'supervisor.log'}"))


def _known(answer: dict[str, Any]) -> GigaworksError:
    """Return the error that the supervisor met, as the class that gives its exit code."""
    problems = msgspec.convert(answer["problems"], list[Problem])
    code = answer.get("exit_code", 1)
    special = {kind.exit_code: kind for kind in GigaworksError.__subclasses__() if kind.exit_code != 1}
    return special.get(code, GigaworksError)(*problems)
