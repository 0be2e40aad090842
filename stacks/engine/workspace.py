"""The folder, home, state and passphrase with which the engine works on one site."""

from __future__ import annotations

import json
import secrets
import socket
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pulumi import automation

from gigaworks.inventory.blueprint import SiteFacts
from gigaworks.inventory.canonical import write_whole
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.problem import GigaworksError, Locked, Problem
from gigaworks.stacks.engine.command import Command
from gigaworks.stacks.engine.quiet import environment, quiet_home

PROVIDER = "pulumi-resource-gigaworks"


class Stack(automation.Stack):
    """A stack that exists; ``up`` and ``destroy`` make one call of the CLI instead of four."""

    def __init__(self, name: str, workspace: automation.Workspace) -> None:
        # not super().__init__: it starts the CLI to select the stack, and every call of ours names it
        self.name = name
        self.workspace = workspace

    def outputs(self) -> automation.OutputMap:
        """Return none: our stacks have no outputs."""
        return {}

    def info(self, show_secrets: bool = True) -> automation.UpdateSummary:  # noqa: ARG002
        """Return an empty summary: the verdict comes from events and the state."""
        return automation.UpdateSummary("", None, "", {}, {}, "")  # type: ignore[arg-type]


def settings(folder: SiteFolder, site: SiteFacts) -> dict[str, str]:
    """Make sure that work folder, home and passphrase are there; return the environment of the CLI."""
    base = folder.pulumi.absolute()
    passphrase, work, state = base / "passphrase", base / "work", base / "state"
    if not passphrase.exists():
        write_whole(passphrase, secrets.token_urlsafe(32).encode(), 0o600)
    quiet_home(base / "home")
    state.mkdir(parents=True, exist_ok=True)
    scripts = Path(sysconfig.get_path("scripts"))
    if not (scripts / PROVIDER).exists():
        raise GigaworksError(
            Problem(
                "Gigaworks' own provider is not installed",
                f"{scripts / PROVIDER} is not there",
                "install Gigaworks with pip, or run 'make setup' in its folder",
            )
        )
    project = {
        "name": site.name,
        "runtime": "python",
        "description": "made by Gigaworks; changes here are overwritten",
        "plugins": {"providers": [{"name": "gigaworks", "path": str(scripts)}]},
    }
    text = json.dumps(project, indent=2).encode()  # JSON is YAML
    target = work / "Pulumi.yaml"
    if not target.exists() or target.read_bytes() != text:
        write_whole(target, text)
    return environment(base / "home", site.state or f"file://{state}", passphrase)


def workspace(command: Command, work: Path, **environment: str) -> automation.LocalWorkspace:
    """Return the Automation API's view of the work folder, with ``environment`` added to the command's."""
    return automation.LocalWorkspace(work_dir=str(work), pulumi_command=command, env_vars=environment)


def clear_dead_locks(folder: SiteFolder, site: SiteFacts, stack: str) -> None:
    """Remove the CLI's own locks on a stack whose owner is no more; they have no expiry.

    Only for state in the site folder: elsewhere our lease is what tells.

    Raises:
        Locked: the owner of one lives, or runs on another host.

    """
    if site.state:
        return
    for path, lock in list(_locks(folder.pulumi / "state" / ".pulumi" / "locks", site.name, stack)):
        here = lock.get("hostname") == socket.gethostname()
        if here and not Path(f"/proc/{lock.get('pid')}").exists():
            path.unlink(missing_ok=True)
        else:
            raise Locked(
                Problem(
                    "the engine is at work on this stack",
                    f"{stack}: pid {lock.get('pid')} of {lock.get('username')} on {lock.get('hostname')} "
                    f"since {lock.get('timestamp')}",
                    f"wait for it, or, when it is gone, type: gigaworks engine run -- cancel {stack}",
                )
            )


def _locks(locks: Path, project: str, stack: str) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in (locks / "organization" / project / stack).glob("*.json"):
        try:
            yield path, json.loads(path.read_bytes())
        except (OSError, ValueError):
            continue
