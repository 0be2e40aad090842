"""Operations of role security."""

from __future__ import annotations

import shlex

from pyinfra import host
from pyinfra.operations import apt

from gigaworks.roles import sshd, sysctl
from gigaworks.roles.facts.probe import Probe
from gigaworks.roles.operations import noted
from gigaworks.roles.operations.at_start import at_start
from gigaworks.roles.operations.probed import probed
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import restarted, service, when_changed
from gigaworks.roles.readers.modules import JUDGE
from gigaworks.roles.security import firewall
from gigaworks.roles.security.params import Params
from gigaworks.roles.target import Context
from gigaworks.roles.templates import render

NOTICE = "# Written by Gigaworks, role security: change the site, not this file.\n"
AUDIT_IS_OURS = "auditctl -s >/dev/null 2>&1 && echo yes"
NO_AUDIT = "audit: the kernel's audit is not this machine's own (a container or a lab node); the rules are written only"


def deploy(params: Params, context: Context) -> None:
    """Harden the node."""
    packages = ["sudo", *(["nftables"] if params.firewall else []), *(["auditd"] if params.audit else [])]
    apt.packages(name="Security programs are there", packages=packages, no_recommends=True)
    settings = rendered_file(
        name="SSH is hardened",
        path="/etc/ssh/sshd_config.d/05-gigaworks-security.conf",
        content=NOTICE + sshd.lines(params.ssh),
        judge=sshd.JUDGE,
    )
    restarted(name="SSH reads its hardening", service="ssh", reload=True, _if=when_changed(settings))
    rendered_file(
        name="Sudo writes down what it does",
        path="/etc/sudoers.d/05-gigaworks-security",
        content=f'{NOTICE}Defaults use_pty\nDefaults logfile="{params.sudo_log}"\n',
        mode="440",
        judge="visudo -c -q -f {}",
    )
    _kernel(params)
    for path, mode in sorted(params.modes.items()):
        file = shlex.quote(path)
        probed(
            name=f"Mode of {path}",
            probe=f"stat -c %a {file} 2>/dev/null || echo {mode}",
            expected=mode.lstrip("0"),
            command=f"chmod {mode} {file}",
        )
    if params.firewall:
        _firewall(params, context)
    if params.audit:
        _audit(params)


def _kernel(params: Params) -> None:
    rendered_file(
        name="Hardened sysctl at start",
        path="/etc/sysctl.d/80-gigaworks-security.conf",
        content=sysctl.file("security", params.sysctl),
    )
    tests = "\n".join(f"{sysctl.may_set(name)} && echo {name}" for name in sorted(params.sysctl))
    mine = host.get_fact(Probe, text=tests).split()  # the checks tell which are not
    values = {name: sysctl.value(params.sysctl[name]) for name in mine}
    probed(
        name="Hardened sysctl now",
        probe="\n".join(f"echo {name} = $({sysctl.probe(name)})" for name in values) or "true",
        expected="\n".join(f"{name} = {value}" for name, value in values.items()),
        command="sysctl -q " + " ".join(shlex.quote(f"{name}={value}") for name, value in values.items()),
    )
    rendered_file(
        name="Modules that are never loaded",
        path="/etc/modprobe.d/gigaworks-security.conf",
        content=NOTICE + "".join(f"install {module} /bin/false\n" for module in sorted(params.never_loaded)),
        judge=JUDGE,
    )


def _firewall(params: Params, context: Context) -> None:
    if context.site.lab and not host.get_fact(Probe, text=f"{{ {firewall.REACHED}; }} && echo yes"):
        noted.left_out(firewall.NOT_REACHED)
        return
    rendered_file(
        name="Firewall rules", path=firewall.FILE, content=firewall.rules(params, context), judge="nft -c -f {}"
    )
    at_start(
        name="gigaworks-firewall",
        subject="Firewall",
        body=firewall.LOAD,
        probe=firewall.PROBE,
        expected="loaded",
        after="$local_fs",
    )


def _audit(params: Params) -> None:
    def ours() -> bool:
        return bool(host.get_fact(Probe, text=AUDIT_IS_OURS))

    if not ours():
        noted.left_out(NO_AUDIT)
    rendered_file(
        name="Audit rules",
        path="/etc/audit/rules.d/50-gigaworks.rules",
        content=render(__file__, "audit.rules.j2", sudo_log=params.sudo_log),
        mode="640",
    )
    service(name="Auditd runs", service="auditd", _if=ours)
    probed(
        name="Audit rules are loaded",
        probe="augenrules --check 2>&1 | grep -q -i 'no change' && auditctl -l | grep -q identity && echo loaded",
        expected="loaded",
        command="augenrules --load",
        _if=ours,
    )
