"""What proves role security."""

from __future__ import annotations

import shlex
from collections.abc import Callable

from gigaworks.roles import sshd, sysctl
from gigaworks.roles.check import Check, NotHereError, Output, UnreadableError, text
from gigaworks.roles.readers import modules
from gigaworks.roles.security import firewall
from gigaworks.roles.security.params import Params
from gigaworks.roles.target import Context

NOT_OURS = 77


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""
    return [
        *(sshd.check(key, setting) for key, setting in params.ssh.items()),
        *(sysctl.check(name, setting, wherever=False) for name, setting in sorted(params.sysctl.items())),
        *(_mode(path, mode) for path, mode in sorted(params.modes.items())),
        *(_firewall(context.site.lab) if params.firewall else []),
        *(_audit() if params.audit else []),
        Check(
            "modules",
            "modules that must not be loaded",
            "cat /proc/modules 2>/dev/null; true",
            "",
            _loaded(params.never_loaded),
        ),
        Check("empty_passwords", "accounts without a password", "awk -F: '$2 == \"\" {print $1}' /etc/shadow", ""),
        Check("superusers", "accounts with number 0", "awk -F: '$3 == 0 {print $1}' /etc/passwd", "root"),
        Check("sudoers", "sudo's files are right", "visudo -c >/dev/null 2>&1 && echo yes || echo no", "yes"),
    ]


def _mode(path: str, mode: str) -> Check:
    def read(output: Output) -> str:
        if output.code == NOT_OURS:
            raise NotHereError(f"mode of {path}: there is no such file")
        return text(output)

    file = shlex.quote(path)
    command = f"[ -e {file} ] || exit {NOT_OURS}; stat -c %a {file}"
    return Check(f"mode.{path}", f"mode of {path}", command, mode.lstrip("0"), read)


def _firewall(lab: bool) -> list[Check]:
    where = f"{{ {firewall.REACHED}; }} || exit {NOT_OURS}; " if lab else ""
    rules = f"{where}{firewall.PROBE} || echo others"
    policy = f"{where}nft list chain inet gigaworks input 2>&1"
    return [
        Check("firewall", "the kernel holds the declared rules", rules, "loaded", _rules),
        Check("firewall_policy", "what no rule lets in", policy, "drop", _policy),
    ]


def _rules(output: Output) -> str:
    if output.code == NOT_OURS:
        raise NotHereError(firewall.NOT_REACHED)
    return text(output)


def _policy(output: Output) -> str:
    if output.code == NOT_OURS:
        raise NotHereError(firewall.NOT_REACHED)
    _, found, rest = text(output).partition("policy ")
    if not found:
        raise UnreadableError("the chain has no policy")
    return rest.partition(";")[0]


def _audit() -> list[Check]:
    command = f"auditctl -s 2>/dev/null || exit {NOT_OURS}"

    def field(name: str) -> Check:
        def read(output: Output) -> str:
            if output.code == NOT_OURS:
                raise NotHereError("audit: the kernel's audit is not this machine's own")
            return next(line.split()[1] for line in output.text.splitlines() if line.split()[:1] == [name])

        return Check(f"audit.{name}", f"audit: {name}", command, {"enabled": "1", "lost": "0"}[name], read)

    return [field("enabled"), field("lost")]


def _loaded(never: list[str]) -> Callable[[Output], str]:
    def read(output: Output) -> str:
        there = modules.loaded(text(output))
        return ", ".join(sorted(module for module in never if module.replace("-", "_") in there))

    return read
