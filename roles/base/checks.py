"""What proves role base."""

from __future__ import annotations

import shlex

from gigaworks.roles import sshd
from gigaworks.roles.base import fabric
from gigaworks.roles.base.params import Params
from gigaworks.roles.check import Check, Output, UnreadableError, text
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    return [
        Check("hostname", "host name", "uname -n", context.name),
        Check(
            "hosts",
            "host table, as the resolver reads it",
            "getent hosts | wc -l",
            len(context.site.hosts) + 2,
            _number,
        ),
        Check("timezone", "time zone", "readlink /etc/localtime", f"/usr/share/zoneinfo/{params.timezone}"),
        *_fabric(context),
        *(_package(name) for name in params.packages),
        *(
            Check(f"user.{user.name}", f"account {user.name}", _groups(user.name), " ".join(sorted(user.groups)))
            for user in params.users
        ),
        *(sshd.check(key, setting) for key, setting in params.ssh.items()),
        *(_limit(x.domain, x.type, x.item, str(x.value)) for x in params.limits),
        *(service_checks("lldpd") if params.lldp else []),
        *service_checks("ssh"),
    ]


def _number(output: Output) -> int:
    return int(text(output))


def _fabric(context: Context) -> list[Check]:
    found = [
        Check(f"nic.{nic.name}", f"fabric NIC {nic.name}", fabric.nic_probe(nic.name), fabric.nic_expected(nic))
        for nic in fabric.nics(context)
    ]
    if found:
        found.append(Check("routes", "fabric routes", fabric.ROUTE_PROBE, fabric.routes_expected(context)))
    return found


def _package(package: str) -> Check:
    name, _, version = package.partition("=")
    command = "dpkg-query -W -f '${binary:Package} ${db:Status-Status} ${Version}\\n'"

    def read(output: Output) -> str:
        for line in output.text.splitlines():
            installed, status, found = [*line.split(" "), "", ""][:3]
            if installed.partition(":")[0] == name:
                return found if version and status == "installed" else status
        return "not installed"

    return Check(f"package.{name}", f"package {name}", command, version or "installed", read)


def _groups(user: str) -> str:
    return f"id -nG {shlex.quote(user)} | tr ' ' '\\n' | grep -vx {shlex.quote(user)} | sort | tr '\\n' ' '"


def _limit(domain: str, kind: str, item: str, expected: str) -> Check:
    def read(output: Output) -> str:
        for line in text(output).splitlines():
            fields = line.split()
            if fields[:3] == [domain, kind, item]:
                return fields[3]
        raise UnreadableError("no such line")

    return Check(
        f"limit.{domain}.{kind}.{item}",
        f"limit {item} of {domain}",
        "cat /etc/security/limits.d/90-gigaworks.conf",
        expected,
        read,
    )
