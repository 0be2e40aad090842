"""Operations of role kernel."""

from __future__ import annotations

import shlex

from pyinfra.operations import apt

from gigaworks.roles import sysctl
from gigaworks.roles.kernel import settings
from gigaworks.roles.kernel.params import Params
from gigaworks.roles.operations.at_start import at_start
from gigaworks.roles.operations.kernel_command_line import kernel_command_line
from gigaworks.roles.operations.probed import probed
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import service
from gigaworks.roles.target import Context


def deploy(params: Params, context: Context) -> None:  # noqa: ARG001 - every role takes both
    """Keep and set the kernel's settings."""
    wanted = settings.sysctl(params)
    rendered_file(name="Sysctl at start", path="/etc/sysctl.d/90-gigaworks.conf", content=sysctl.file("kernel", wanted))
    if wanted:
        values = {name: sysctl.value(setting) for name, setting in sorted(wanted.items())}
        probed(
            name="Sysctl now",
            probe="\n".join(f"echo {shlex.quote(name)} = $({sysctl.probe(name)})" for name in values),
            expected="\n".join(f"{name} = {setting}" for name, setting in values.items()),
            command="sysctl -q " + " ".join(shlex.quote(f"{name}={setting}") for name, setting in values.items()),
        )
    if params.command_line:
        kernel_command_line("kernel", list(params.command_line))
    if body := settings.at_start(params):
        at_start(
            name="gigaworks-kernel",
            subject="Kernel settings in /sys",
            body=body,
            probe=settings.probe(params),
            expected=settings.expected(params),
            after="$local_fs",
        )
    if params.tuned:
        apt.packages(name="tuned is there", packages=["tuned"], no_recommends=True)
        service(name="tuned runs", service="tuned")
        probed(
            name=f"tuned profile {params.tuned}",
            probe="cat /etc/tuned/active_profile 2>/dev/null",
            expected=params.tuned,
            command=f"tuned-adm profile {params.tuned}",
        )
