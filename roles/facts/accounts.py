"""pyinfra's fact ``server.Users`` by one process instead of nine an account, and without the password hashes."""

from __future__ import annotations

from pyinfra.facts.server import Users

_AWK = """awk -F: 'FILENAME == "/etc/group" {
  name[$3] = $1; n = split($4, members, ","); for (i = 1; i <= n; i++) more[members[i]] = more[members[i]] " " $1
  next }
{ print $0 "|" name[$4] "|" name[$4] more[$1] "||" }' /etc/group /etc/passwd"""


def quicken() -> None:
    """Have pyinfra's ``server.user`` read accounts this way in this process; last logins and hashes stay unknown."""
    Users.command = lambda _: _AWK  # type: ignore[method-assign]
