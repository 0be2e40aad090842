"""A switch that runs FRR: its whole configuration, its ports, and no routes by hand; over SSH, read back."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
import time
from typing import Any

from gigaworks.inventory.problem import GigaworksError, NotAuthorised, Problem
from gigaworks.inventory.remote import Remote, RemoteError
from gigaworks.stacks.provider.handler import Context, HalfMadeError, Inputs, UnreadableError
from gigaworks.stacks.switch.config import observed, removals

FILE = "/etc/frr/frr.conf"
CANDIDATE = f"{FILE}.candidate"
_MARK = "--8<--"
_LOOK = f"""
vtysh -c 'show running-config' || exit 3
echo '{_MARK}'; cat {FILE}
echo '{_MARK}'; ip -j link show
echo '{_MARK}'; ip -N -j route show
"""
_BY_HAND = {"3", "4", None}  # boot and static in numbers, and absent, which means boot: set by a person
_DAEMONS = """
pidof bgpd > /dev/null && exit 0
sed -i 's/^bgpd=.*/bgpd=yes/' /etc/frr/daemons && /usr/lib/frr/frrinit.sh restart
"""
_SETTLE_S = 20.0


class Switch:
    """A leaf or spine."""

    noun = "switch"
    needs = frozenset({"management", "config", "ports"})

    async def apply(self, context: Context, name: str, inputs: Inputs) -> None:
        """Write the configuration if the switch shows another one, and make sure that it then shows this one."""
        async with context.alone(name):
            await asyncio.to_thread(_apply, context, inputs)

    async def observe(self, context: Context, name: str, inputs: Inputs) -> Inputs | None:
        """Return the configuration as the switch runs it, its ports, and routes that somebody set by hand."""
        async with context.alone(name):
            try:
                return await asyncio.to_thread(_observe, context, inputs)
            except (RemoteError, NotAuthorised) as error:
                raise UnreadableError(*error.problems) from None

    async def remove(self, context: Context, name: str, inputs: Inputs) -> None:
        """Leave it as it is: a switch that is no longer declared goes on forwarding until somebody unplugs it."""


def _observe(context: Context, inputs: Inputs) -> Inputs:
    with _shell(context, inputs) as shell:
        return _look(shell, inputs)


def _apply(context: Context, inputs: Inputs) -> None:
    with _shell(context, inputs) as shell:
        shell.run(_DAEMONS, timeout=90)
        shell.write(CANDIDATE, inputs["config"].encode(), 0o640)
        status, out, err = shell.attempt(f"chown frr:frr {CANDIDATE} && vtysh -C -f {CANDIDATE}")
        if status:
            raise GigaworksError(
                Problem(
                    "FRR refuses a configuration", f"{shell.name}: {(err + out).strip()[-1000:]}", subject=shell.name
                )
            )
        if _look(shell, inputs) == inputs:
            shell.run(f"rm -f {CANDIDATE}")
            return
        shell.run(_port_commands(inputs))
        before = shell.run("vtysh -c 'show running-config'")
        shell.write(f"{FILE}.removals", removals(inputs["config"], before).encode(), 0o600)
        # What a removal takes along comes back with the file; what is then still wrong is seen, not guessed.
        shell.attempt(f"mv {CANDIDATE} {FILE}; vtysh -f {FILE}.removals; vtysh -f {FILE}; rm -f {FILE}.removals")
        for route in _look(shell, inputs)["routes_by_hand"]:
            shell.attempt(f"ip route del {shlex.join(route.split())}")
        _settle(shell, inputs)


def _settle(shell: Remote, inputs: Inputs) -> None:
    """Wait until the switch shows what was written.

    Raises:
        HalfMadeError: it does not; with the first lines that differ.

    """
    from gigaworks.stacks.compare import compare

    deadline = time.monotonic() + _SETTLE_S
    while (shown := _look(shell, inputs)) != inputs:
        if time.monotonic() > deadline:
            lines = [f"{each.path}: {each.before} → {each.after}" for each in compare(inputs, shown)[:5]]
            raise HalfMadeError(
                Problem(
                    "a switch does not show what was written", f"{shell.name}: {'; '.join(lines)}", subject=shell.name
                )
            )
        time.sleep(1)


def _look(shell: Remote, inputs: Inputs) -> Inputs:
    running, saved, links, routes = shell.run(_LOOK).split(f"{_MARK}\n")
    shown = {
        **inputs,
        "config": observed(inputs["config"], running),
        "ports": _ports(json.loads(links), inputs["ports"]),
        "routes_by_hand": _by_hand(json.loads(routes), inputs["ports"]),
    }
    if saved != inputs["config"] and shown["config"] == inputs["config"]:
        shown["saved_config"] = observed(inputs["config"], saved)
    return shown


def _ports(links: list[dict[str, Any]], declared: dict[str, Any]) -> dict[str, Any]:
    there = {link["ifname"]: link for link in links}
    return {
        name: {"mtu": there[name]["mtu"], "enabled": "UP" in there[name]["flags"]} if name in there else {}
        for name in declared
    }


def _by_hand(routes: list[dict[str, Any]], ports: dict[str, Any]) -> list[str]:
    """Return the routes over declared ports that neither the kernel nor a routing daemon has set."""
    return sorted(
        " ".join([route["dst"], *(["via", route["gateway"]] if "gateway" in route else []), "dev", route["dev"]])
        for route in routes
        if route.get("protocol") in _BY_HAND and route.get("dev") in ports
    )


def _port_commands(inputs: Inputs) -> str:
    commands = ["set -e"]
    for name, port in inputs["ports"].items():
        if not re.fullmatch(r"[A-Za-z0-9_.-]{1,15}", name):
            raise GigaworksError(Problem("a port has a name that no interface can have", name))
        commands.append(f"ip link set dev {name} mtu {int(port['mtu'])} {'up' if port['enabled'] else 'down'}")
    return "\n".join(commands)


def _shell(context: Context, inputs: Inputs) -> Remote:
    management = inputs["management"]
    return Remote(context.folder, management["name"], management["address"], management["user"])
