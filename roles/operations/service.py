"""A service under systemd or sysvinit."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Generator

from pyinfra import host
from pyinfra.api import QuoteString, StringCommand, operation
from pyinfra.api.operation import OperationMeta

from gigaworks.roles.facts.service_state import ServiceState


@operation()
def service(service: str, running: bool = True, enabled: bool = True) -> Generator[StringCommand]:
    """Start or stop a service, and have it start with the machine or not.

    + service: its name, without ``.service``
    + running: whether it should be running
    + enabled: whether it should start with the machine
    """
    state = host.get_fact(ServiceState, service=service)
    if state.enabled != enabled:
        if state.init == "systemd":
            yield StringCommand("systemctl", "enable" if enabled else "disable", QuoteString(service))
        elif enabled:
            yield StringCommand("update-rc.d", QuoteString(service), "defaults")
            yield StringCommand("update-rc.d", QuoteString(service), "enable")
        else:
            yield StringCommand("update-rc.d", QuoteString(service), "disable")
    if state.running != running:
        yield _control(state.init, service, "start" if running else "stop")


@operation()
def restarted(service: str, reload: bool = False) -> Generator[StringCommand]:
    """Restart a running service, or have it read its configuration again; give ``_if=when_changed(...)``.

    One that does not run is left alone: call this before ``service``, which starts it.

    + service: its name, without ``.service``
    + reload: reload instead of restart
    """
    state = host.get_fact(ServiceState, service=service)
    if state.running:
        yield _control(state.init, service, "reload" if reload else "restart")


# A script that looks for its program by --exec does not find it after an upgrade, or under emulation: the daemon's
# own pid file tells whether it is gone.
_RESTART = """
old=$(cat /run/"$S".pid /run/"$S"/*.pid /run/*/"$S".pid 2>/dev/null | head -n 1)
"/etc/init.d/$S" stop
for wait in 1 2 3 4 5 6 7 8 9 10; do
  [ -n "$old" ] && kill -0 "$old" 2>/dev/null || break
  [ "$wait" = 10 ] && kill -9 "$old" || kill "$old"
  sleep 0.5
done
"/etc/init.d/$S" start"""


def _control(init: str, service: str, verb: str) -> StringCommand:
    if init == "systemd":
        return StringCommand("systemctl", verb, QuoteString(service))
    action = _RESTART if verb == "restart" else f'"/etc/init.d/$S" {verb}'
    # A daemon that inherits our channel would keep the execution from ending: its output goes to a file.
    return StringCommand(
        f'S={shlex.quote(service)}; t=$(mktemp) && ( {action}\n) </dev/null >"$t" 2>&1; '
        'r=$?; cat "$t" >&2; rm -f "$t"; exit $r'
    )


def when_changed(*operations: OperationMeta) -> Callable[[], bool]:
    """Return an ``_if`` that holds where one of the operations changed something, or would in a plan."""
    return lambda: any(o.did_change() if o.is_complete() else o.will_change for o in operations)
