"""A dispersed GlusterFS volume: made over SSH on its servers, started, its bricks seen online."""

from __future__ import annotations

import asyncio
import shlex
import time
import xml.etree.ElementTree as ET
from contextlib import ExitStack

from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem, Refused
from gigaworks.inventory.remote import Remote, RemoteError
from gigaworks.stacks.provider.handler import Context, HalfMadeError, Inputs, UnreadableError

_GLUSTER = "timeout 100 gluster --mode=script"
_BY_ITSELF = {"transport.address-family", "nfs.disable", "storage.fips-mode-rchecksum"}  # what create sets
_ONLINE_S = 40.0


class Volume:
    """A volume of ``data`` + ``parity`` bricks, each on a server of another failure domain."""

    noun = "volume"
    needs = frozenset({"data", "parity", "bricks", "servers", "options"})

    async def apply(self, context: Context, name: str, inputs: Inputs) -> None:
        """Make the pool and the volume, set its options, start it, and wait until every brick is online."""
        async with context.alone("gluster"):  # the pool has one lock for all volumes
            await asyncio.to_thread(_apply, context, name, inputs)

    async def observe(self, context: Context, name: str, inputs: Inputs) -> Inputs | None:
        """Return the volume as its servers know it."""
        async with context.alone("gluster"):
            try:
                return await asyncio.to_thread(_observe, context, name, inputs)
            except (RemoteError, NotAuthorised) as error:
                raise UnreadableError(*error.problems) from None

    async def remove(self, context: Context, name: str, inputs: Inputs) -> None:
        """Stop and delete the volume; what lies in its bricks goes only when the whole site is destroyed."""
        async with context.alone("gluster"):
            await asyncio.to_thread(_remove, context, name, inputs)


def _apply(context: Context, name: str, inputs: Inputs) -> None:
    with ExitStack() as stack:
        shells = [stack.enter_context(_shell(context, server)) for server in inputs["servers"]]
        first = shells[0]
        found = _look(first, name, inputs)
        if found is None:
            _create(shells, name, inputs)
            found = _look(first, name, inputs)
        if found is None:
            raise GigaworksError(
                Problem("a volume was created and is not there", f"{name} on {first.name}", subject=name)
            )
        _same_bricks(name, found, inputs)
        for option in sorted({*found["options"], *inputs["options"]}):
            wanted = inputs["options"].get(option)
            if wanted is None:
                first.run(f"{_GLUSTER} volume reset {shlex.join([name, option])}", timeout=120)
            elif found["options"].get(option) != wanted:
                first.run(
                    f"{_GLUSTER} volume set {shlex.quote(name)} {shlex.quote(option)} {shlex.quote(wanted)}",
                    timeout=120,
                )
        if not found["started"] or found["bricks_offline"]:
            first.run(f"{_GLUSTER} volume start {shlex.quote(name)} force", timeout=120)
        _wait_online(first, name, inputs)


def _create(shells: list[Remote], name: str, inputs: Inputs) -> None:
    first, *others = shells
    for shell in shells:
        brick = inputs["bricks"][f"{shell.name}-fabric"]
        shell.run(f"mkdir -p {shlex.quote(brick)}")
    for shell in others:  # the pool's members are known by their names in the fabric: that is where data flows
        first.run(f"{_GLUSTER} peer probe {shlex.quote(shell.name)}-fabric", timeout=120)
    if others:  # and the first one by its own, too
        others[0].run(f"{_GLUSTER} peer probe {shlex.quote(first.name)}-fabric", timeout=120)
    _wait_for_peers(first, len(others))
    bricks = [shlex.quote(f"{server}:{path}") for server, path in _in_order(inputs)]
    total, parity = int(inputs["data"]) + int(inputs["parity"]), int(inputs["parity"])
    first.run(
        f"{_GLUSTER} volume create {shlex.quote(name)} disperse {total} redundancy {parity} transport tcp "
        f"{' '.join(bricks)} force",  # force: a brick may lie on the root file system
        timeout=120,
    )


def _wait_for_peers(shell: Remote, count: int) -> None:
    deadline = time.monotonic() + _ONLINE_S
    while True:
        status = ET.fromstring(shell.run(f"{_GLUSTER} peer status --xml", timeout=120))  # noqa: S314
        if sum(1 for peer in status.iter("peer") if peer.findtext("connected") == "1") >= count:
            return
        if time.monotonic() > deadline:
            raise GigaworksError(
                Problem("storage servers do not find each other", f"seen from {shell.name}", subject=shell.name)
            )
        time.sleep(1)


def _same_bricks(name: str, found: Inputs, inputs: Inputs) -> None:
    wanted = {key: inputs[key] for key in ("data", "parity", "bricks")}
    if {key: found[key] for key in wanted} != wanted:
        raise Refused(
            Problem(
                "a volume of this name has other bricks",
                f"{name} has {found['data']}+{found['parity']} on {found['bricks']}; "
                f"declared is {wanted['data']}+{wanted['parity']} on {wanted['bricks']}",
                "give the new volume another name and move the data; bricks are never exchanged in place",
                subject=name,
            )
        )


def _wait_online(shell: Remote, name: str, inputs: Inputs) -> None:
    deadline = time.monotonic() + _ONLINE_S
    while True:
        found = _look(shell, name, inputs)
        if found is not None and found["started"] and not found["bricks_offline"]:
            return
        if time.monotonic() > deadline:
            off = ", ".join(found["bricks_offline"]) if found else "the whole volume"
            raise HalfMadeError(Problem("bricks of a volume do not come online", f"{name}: {off}", subject=name))
        time.sleep(1)


def _observe(context: Context, name: str, inputs: Inputs) -> Inputs | None:
    with _shell(context, inputs["servers"][0]) as shell:
        return _look(shell, name, inputs)


def _look(shell: Remote, name: str, inputs: Inputs) -> Inputs | None:
    info = ET.fromstring(shell.run(f"{_GLUSTER} volume info --xml", timeout=120))  # noqa: S314
    volume = next((each for each in info.iter("volume") if each.findtext("name") == name), None)
    if volume is None:
        return None
    names = [str(brick.findtext("name")) for brick in volume.iter("brick")]
    bricks = dict(each.split(":", 1) for each in names)
    options = {str(each.findtext("name")): str(each.findtext("value")) for each in volume.iter("option")}
    parity = int(volume.findtext("redundancyCount") or 0)
    started = volume.findtext("statusStr") == "Started"
    return {
        **inputs,
        "data": int(volume.findtext("disperseCount") or 0) - parity,
        "parity": parity,
        "bricks": bricks,
        "options": {key: value for key, value in options.items() if key in inputs["options"] or key not in _BY_ITSELF},
        "started": started,
        "bricks_offline": _offline(shell, name, names) if started else [],
    }


def _offline(shell: Remote, name: str, bricks: list[str]) -> list[str]:
    status = ET.fromstring(shell.run(f"{_GLUSTER} volume status {shlex.quote(name)} --xml", timeout=120))  # noqa: S314
    online = {
        f"{node.findtext('hostname')}:{node.findtext('path')}"
        for node in status.iter("node")
        if node.findtext("status") == "1"
    }
    return [brick for brick in bricks if brick not in online]


def _remove(context: Context, name: str, inputs: Inputs) -> None:
    with ExitStack() as stack:
        shells = [stack.enter_context(_shell(context, server)) for server in inputs["servers"]]
        found = _look(shells[0], name, inputs)
        if found and found["started"]:
            shells[0].run(f"{_GLUSTER} volume stop {shlex.quote(name)} force", timeout=120)
        if found:
            shells[0].run(f"{_GLUSTER} volume delete {shlex.quote(name)}", timeout=120)
        if context.destroying:
            for shell in shells:
                shell.run(f"rm -rf -- {shlex.quote(inputs['bricks'][f'{shell.name}-fabric'])}", timeout=600)


def _in_order(inputs: Inputs) -> list[tuple[str, str]]:
    """Return the bricks in the order of the servers, which is the blueprint's; a message sorts its keys."""
    return [(f"{server['name']}-fabric", inputs["bricks"][f"{server['name']}-fabric"]) for server in inputs["servers"]]


def _shell(context: Context, server: dict[str, str]) -> Remote:
    return Remote(context.folder, server["name"], server["address"])
