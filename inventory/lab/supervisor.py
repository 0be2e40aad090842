"""The process that a lab is: everything of it descends from here and ends with it.

``python -m gigaworks.inventory.lab.supervisor SITE-FOLDER`` enters new namespaces and forks. The child is PID 1 of
the lab: it reaps orphans, and when it dies, however it dies, the kernel ends all machines, services and mounts. Its
own child does the work. The lab's network namespace is the controller's: bridges and BMC addresses are there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

import msgspec

from gigaworks.inventory.blueprint import decode
from gigaworks.inventory.canonical import canonical, write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.lab import binfmt, control, linux
from gigaworks.inventory.problem import GigaworksError, Problem

BLUEPRINT = "blueprint.json"


def main() -> None:
    """Enter the namespaces, leave PID 1 of them behind and write down who it is."""
    folder = SiteFolder(Path(sys.argv[1]))
    linux.unshare(linux.NEWNS | linux.NEWNET | linux.NEWUTS | linux.NEWIPC | linux.NEWPID)
    child = os.fork()
    if child:
        write_whole(folder.lab / "supervisor.json", canonical({"pid": child, "started": started(child)}))
        return
    try:
        _first_process(folder)
    except BaseException:  # the last chance to say why
        traceback.print_exc()
    os._exit(1)


def started(pid: int) -> int:
    """Return when a process started, in clock ticks after boot: with it, a process id means one process for ever.

    Raises:
        OSError: there is no such process.
    """
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[19])


def _first_process(folder: SiteFolder) -> None:
    """Be PID 1: prepare what all share, start the worker, reap until it ends."""
    os.setsid()
    linux.unshare(linux.NEWNS)  # our /proc must not cover the one in which the parent looks us up
    linux.mount("proc", Path("/proc"), "proc", linux.NOSUID | linux.NODEV | linux.NOEXEC)
    linux.mount("run", Path("/run"), "tmpfs", linux.NOSUID | linux.NODEV, "mode=755")
    binfmt.register(["x86_64", "aarch64", "riscv64"], folder.lab)
    worker = os.fork()
    if worker == 0:
        try:
            linux.die_with_parent(signal.SIGKILL)
            asyncio.run(_work(folder))
        except BaseException:  # a forked child must never return into its parent's code
            traceback.print_exc()
        os._exit(1)
    while os.wait()[0] != worker:
        pass


async def _work(folder: SiteFolder) -> None:
    from gigaworks.inventory.lab.faults import Faults
    from gigaworks.inventory.lab.site import LabSite

    site = LabSite(folder)
    faults = Faults(site)
    one_at_a_time = asyncio.Lock()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        def send(answer: dict[str, Any]) -> None:
            writer.write(msgspec.json.encode(answer) + b"\n")

        try:
            message: dict[str, Any] = msgspec.json.decode(await reader.readline())
            async with one_at_a_time:
                send(await _answer(site, faults, message, lambda line: send({"say": line})))
        except GigaworksError as error:
            send({"problems": error.problems, "exit_code": error.exit_code})
        except Exception as error:  # one bad request must not end the lab
            traceback.print_exc()
            send({"problems": [Problem("The lab could not do that", f"{type(error).__name__}: {error}")]})
        finally:
            writer.close()

    (folder.lab / control.SOCKET).unlink(missing_ok=True)
    os.umask(0o077)
    with control.reachable(folder.lab) as path:
        server = await asyncio.start_unix_server(talk, path)
    os.umask(0o022)
    async with server:
        await server.serve_forever()


async def _answer(site: Any, faults: Any, message: dict[str, Any], emit: Any) -> dict[str, Any]:
    """Do what a message asks."""
    match message:
        case {"do": "build"}:
            await site.build(decode((site.folder.lab / BLUEPRINT).read_bytes()), emit)
            return {"ok": True}
        case {"do": "status"}:
            return {"machines": {name: _state(machine, faults) for name, machine in sorted(site.machines.items())}}
        case {"do": "fault", "kind": str(kind), "arguments": list(arguments)}:
            return {"ok": True, **await faults.do(kind, [str(each) for each in arguments])}
        case {"do": "console", "machine": str(name)} if name in site.machines:
            return {"path": str(site.machines[name].console)}
        case {"do": "run", "machine": str(name), "command": list(command)} if name in site.machines:
            return {"output": await asyncio.to_thread(site.machines[name].run, command)}
        case {"do": "power", "machine": str(name), "state": str(state)} if name in site.machines:
            machine = site.machines[name]
            if state in {"off", "shutdown"}:
                await machine.power_off(graceful=state == "shutdown")
            else:
                await {"on": machine.power_on, "reset": machine.reset}[state]()
            return {"power": machine.power()}
        case {"machine": str(name)}:
            raise GigaworksError(Problem("No such machine", f"{name} is not in this lab"))
    raise GigaworksError(Problem("The lab does not know this request", str(message)[:200]))


def _state(machine: Any, faults: Any) -> dict[str, Any]:
    source, once = machine.boot()
    return {
        "kind": "switch" if machine.image else "node",
        "arch": machine.hardware.arch,
        "power": machine.power(),
        "boot": f"{source} once" if once else source,
        "pid": machine.pid,
        "faults": faults.of(machine.name),
    }


if __name__ == "__main__":
    main()
