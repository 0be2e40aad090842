"""Operations of role base."""

from __future__ import annotations

from pyinfra.operations import apt, server

from gigaworks.roles import sshd
from gigaworks.roles.base import fabric
from gigaworks.roles.base.params import Params, User
from gigaworks.roles.base.settings import time_zone
from gigaworks.roles.facts import accounts
from gigaworks.roles.operations.at_start import at_start
from gigaworks.roles.operations.probed import probed
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render

NOTICE = "# Written by Gigaworks, role base: change the site, not this file.\n"


def deploy(params: Params, context: Context) -> None:
    """Configure what every node has in common."""
    apt.packages(name="Packages", packages=list(params.packages), no_recommends=True)
    _names(context)
    probed(
        name="Time zone",
        probe="readlink /etc/localtime",
        expected=f"/usr/share/zoneinfo/{params.timezone}",
        command=time_zone(params.timezone),
    )
    if fabric.nics(context):
        _fabric(context)
    accounts.quicken()
    for user in params.users:
        _user(user)
    _ssh(params)
    rendered_file(
        name="Limits",
        path="/etc/security/limits.d/90-gigaworks.conf",
        content=NOTICE + "".join(f"{x.domain} {x.type} {x.item} {x.value}\n" for x in params.limits),
    )
    if params.lldp:
        told = rendered_file(
            name="LLDP: ports by their names",
            path="/etc/lldpd.d/gigaworks.conf",
            content=NOTICE + "configure lldp portidsubtype ifname\n",
        )
        restarted(name="LLDP reads its settings", service="lldpd", _if=when_changed(told))
        service(name="LLDP runs", service="lldpd")


def _names(context: Context) -> None:
    rendered_file(name="Host name", path="/etc/hostname", content=f"{context.name}\n")
    probed(name="Host name now", probe="uname -n", expected=context.name, command=f"hostname {context.name}")
    rendered_file(
        name="Host table",
        path="/etc/hosts",
        content=render(__file__, "hosts.j2", hosts=context.site.hosts),
    )


def _fabric(context: Context) -> None:
    nics = fabric.nics(context)
    at_start(
        name="gigaworks-fabric",
        subject="Fabric NICs",
        body=render(__file__, "fabric.sh.j2", nics=nics, routes=context.routes, protocol=fabric.PROTOCOL),
        probe=fabric.probe(context),
        expected=fabric.expected(context),
    )


def _user(user: User) -> None:
    for group in user.groups:
        server.group(name=f"Group {group}", group=group)
    server.user(
        name=f"User {user.name}",
        user=user.name,
        uid=user.uid,
        groups=list(user.groups) or None,
        shell=user.shell,
        public_keys=list(user.keys) or None,
        delete_keys=True,
        ensure_home=True,
    )
    if user.sudo:
        rendered_file(
            name=f"User {user.name} may become root",
            path=f"/etc/sudoers.d/{user.name}",
            content=f"{NOTICE}{user.name} ALL=(ALL:ALL) NOPASSWD: ALL\n",
            mode="440",
            judge="visudo -c -q -f {}",
        )


def _ssh(params: Params) -> None:
    settings = rendered_file(
        name="SSH settings",
        path="/etc/ssh/sshd_config.d/10-gigaworks.conf",
        content=NOTICE + sshd.lines(params.ssh),
        judge=sshd.JUDGE,
    )
    restarted(name="SSH reads its settings", service="ssh", reload=True, _if=when_changed(settings))
