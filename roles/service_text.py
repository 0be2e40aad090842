"""Shell text that tells a service's state, for facts and for checks alike; cheap, for emulated nodes pay for each fork.

pyinfra's own facts do not do here: ``InitdStatus`` runs every script in /etc/init.d, and ``server.service`` takes
systemctl on PATH for a running systemd, which it is not on a sysvinit node.
"""

from __future__ import annotations

import shlex

_TEXT = """S=%s; r=no; e=no
if [ -d /run/systemd/system ]; then
  systemctl -q is-active "$S" && r=yes; systemctl -q is-enabled "$S" 2>/dev/null && e=yes; echo "systemd $r $e"
else
  for f in /run/"$S".pid /run/"$S"d.pid /run/"$S"/*.pid /run/*/"$S".pid; do
    c=; [ -r "$f" ] && read -r p <"$f" && { read -r c <"/proc/$p/cmdline"; } 2>/dev/null
    case "$c" in *"$S"*) r=yes ;; esac
  done
  [ $r = no ] && [ -x "/etc/init.d/$S" ] && "/etc/init.d/$S" status >/dev/null 2>&1 && r=yes
  for f in /etc/rc[2-5].d/S[0-9][0-9]"$S"; do [ -e "$f" ] && e=yes; done
  echo "sysvinit $r $e"
fi"""


def state(service: str) -> str:
    """Return shell text that prints three words: PID 1 (systemd or sysvinit), running and enabled (yes or no)."""
    return _TEXT % shlex.quote(service)
