"""Operations of role kernel."""

from __future__ import annotations

import shlex

from pyinfra import host
from pyinfra.operations import server

from gigaworks.roles.facts.probe import Probe
from gigaworks.roles.kernel import settings
from gigaworks.roles.kernel.params import Params
from gigaworks.roles.operations import noted
from gigaworks.roles.operations.probed import probed
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import when_changed
from gigaworks.roles.target import Context

LOADER = f"{{ {settings.GRUB}; }} && echo yes"


def deploy(params: Params, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Keep and set the kernel's settings."""
    rendered_file(name="Sysctl at start", path="/etc/sysctl.d/90-gigaworks.conf", content=settings.file(params.sysctl))
    if params.sysctl:
        values = {name: settings.value(setting) for name, setting in sorted(params.sysctl.items())}
        probed(
            name="Sysctl now",
            probe="\n".join(f"echo {shlex.quote(name)} = $({settings.probe(name)})" for name in values),
            expected="\n".join(f"{name} = {setting}" for name, setting in values.items()),
            command="sysctl -q " + " ".join(shlex.quote(f"{name}={setting}") for name, setting in values.items()),
        )
    if params.command_line:
        _command_line(" ".join(params.command_line))


def _command_line(words: str) -> None:
    def has_loader() -> bool:
        return bool(host.get_fact(Probe, text=LOADER))

    if not has_loader():
        noted.left_out(settings.NO_LOADER)
    written = rendered_file(
        name="Kernel command line",
        path="/etc/default/grub.d/90-gigaworks.cfg",
        content=f'GRUB_CMDLINE_LINUX="$GRUB_CMDLINE_LINUX {words}"\n',
        judge="sh -n {}",
        _if=has_loader,
    )
    server.shell(name="Boot loader menu", commands=["update-grub"], _if=[has_loader, when_changed(written)])
