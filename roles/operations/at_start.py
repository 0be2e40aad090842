"""A script that brings something about now and at every start of the machine, under systemd or sysvinit."""

from __future__ import annotations

from pyinfra import host

from gigaworks.roles.facts.probe import Probe
from gigaworks.roles.operations.probed import probed
from gigaworks.roles.operations.rendered import rendered_file
from gigaworks.roles.operations.service import service
from gigaworks.roles.templates import render

SYSTEMD = "[ -d /run/systemd/system ] && echo yes"


def at_start(name: str, subject: str, body: str, probe: str, expected: str, after: str = "$network") -> None:
    """Call the operations that keep ``body`` as a script, run it at every start, and now where it is needed.

    + name: of script and service
    + subject: what it is about, for people
    + body: shell text that may run again and again
    + probe, expected: shell text and what it prints where nothing is to be done
    + after: LSB facilities and services that go before
    """

    def on_systemd() -> bool:
        return bool(host.get_fact(Probe, text=SYSTEMD))

    script = f"/usr/local/sbin/{name}"
    values = {"name": name, "subject": subject, "body": body, "script": script, "after": after}
    rendered_file(
        name=subject, path=script, content=render(__file__, "script.sh.j2", **values), mode="755", judge="sh -n {}"
    )
    rendered_file(
        name=f"{subject} at start (systemd)",
        path=f"/etc/systemd/system/{name}.service",
        content=render(__file__, "script.service.j2", **values),
        judge=f"systemd-analyze verify --recursive-errors=no {{}}:{name}.service",
        _if=on_systemd,
    )
    probed(
        name=f"{subject} at start (sysvinit)",
        probe=f"readlink /etc/init.d/{name}",
        expected=script,
        command=f"ln -sf {script} /etc/init.d/{name}",
        _if=lambda: not on_systemd(),
    )
    service(name=f"{subject} at start", service=name)
    probed(name=f"{subject} now", probe=probe, expected=expected, command=f"{script} start")
