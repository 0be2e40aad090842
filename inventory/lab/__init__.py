"""Machines that exist only on this computer, in namespaces of their own; see ADR 2 for their init.

``up`` makes a site's machines, ``enter`` takes the calling process into the controller's network, ``down`` leaves
nothing behind. Everything is a descendant of one supervisor, so a crash leaves nothing behind either.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.canonical import canonical, write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Problem

if TYPE_CHECKING:
    Emit = Callable[[str], None]

_START_S, _STOP_S = 20.0, 30.0


def up(folder: SiteFolder, blueprint: Blueprint, emit: Emit) -> None:
    """Make the machines of a site, powered off and wired; a second time adds what is new and removes what is gone.

    Raises:
        GigaworksError: this computer lacks something, or the lab cannot be made.
    """
    from gigaworks.inventory.lab import binfmt, identity, trees
    from gigaworks.inventory.lab.supervisor import BLUEPRINT

    problems = missing()
    if problems:
        raise GigaworksError(*problems)
    trees.ensure(emit, frozenset({"switch", *(node.arch for node in blueprint.nodes.values())}))
    folder.lab.mkdir(parents=True, exist_ok=True)
    identity.prepare(folder, blueprint)
    if not is_up(folder):
        binfmt.remove(folder.lab)  # a crash may have left them
        emit("starting the lab")
        _start(folder)
    write_whole(folder.lab / BLUEPRINT, canonical(blueprint))
    request(folder, {"do": "build"}, emit)


def down(folder: SiteFolder, emit: Emit) -> None:
    """End every machine of a site and remove what they left, disks included; a lab that is down stays down.

    Raises:
        GigaworksError: the supervisor does not end.
    """
    from gigaworks.inventory.lab import binfmt

    pid = _supervisor(folder)
    if pid is not None:
        emit("ending the lab")
        os.kill(pid, signal.SIGKILL)
        deadline = time.monotonic() + _STOP_S
        while _supervisor(folder) is not None:
            if time.monotonic() > deadline:
                raise GigaworksError(Problem("The lab does not end", f"process {pid} is still there", "try again"))
            time.sleep(0.02)
    binfmt.remove(folder.lab)
    if folder.lab.exists():
        emit("removing disks")
        shutil.rmtree(folder.lab)


def is_up(folder: SiteFolder) -> bool:
    """Whether a site's supervisor runs."""
    return _supervisor(folder) is not None


def enter(folder: SiteFolder) -> None:
    """Take this process into the lab's network, where it reaches BMCs, switches and nodes; before any thread starts.

    Raises:
        GigaworksError: the lab is down, or this process may not enter it.
    """
    from gigaworks.inventory.lab import linux

    pid = _supervisor(folder)
    if pid is None:
        raise GigaworksError(_down(folder))
    try:
        linux.setns(Path(f"/proc/{pid}/ns/net"), linux.NEWNET)
    except OSError as error:
        raise GigaworksError(Problem("The lab cannot be entered", str(error), "run this as root")) from None


def request(folder: SiteFolder, message: dict[str, Any], emit: Emit = lambda _: None) -> dict[str, Any]:
    """Ask the supervisor for something: status, fault, console, run, power.

    Raises:
        GigaworksError: the lab is down, or it could not be done.
    """
    from gigaworks.inventory.lab import control

    if not is_up(folder):
        raise GigaworksError(_down(folder))
    return control.ask(folder.lab, message, emit)


def missing() -> list[Problem]:
    """Return what this computer lacks to run a lab; empty when it can."""
    from gigaworks.inventory.lab import requirements

    return requirements.missing()


def _down(folder: SiteFolder) -> Problem:
    return Problem("The lab is not up", f"{folder.root} has no running machines", f"gigaworks lab up {folder.root}")


def _supervisor(folder: SiteFolder) -> int | None:
    """Return the lab's PID 1 as this computer sees it, if it lives."""
    from gigaworks.inventory.lab.supervisor import started

    try:
        known = msgspec.json.decode((folder.lab / "supervisor.json").read_bytes(), type=dict[str, int])
        return known["pid"] if started(known["pid"]) == known["started"] else None
    except (OSError, msgspec.DecodeError, KeyError):
        return None


def _start(folder: SiteFolder) -> None:
    """Start the supervisor and wait until it answers."""
    from gigaworks.inventory.lab import control

    (folder.lab / control.SOCKET).unlink(missing_ok=True)
    log = folder.lab / "supervisor.log"
    with log.open("ab") as file:
        command = [sys.executable, "-m", "gigaworks.inventory.lab.supervisor", str(folder.root.resolve())]
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=file, stderr=file, start_new_session=True, check=False, timeout=60
        )
    deadline = time.monotonic() + _START_S
    while done.returncode == 0 and is_up(folder) and time.monotonic() < deadline:
        if (folder.lab / control.SOCKET).exists():
            return
        time.sleep(0.05)
    said = log.read_text(errors="replace").strip().splitlines()
    raise GigaworksError(Problem("The lab does not start", said[-1] if said else "it said nothing", f"see {log}"))
