"""Host keys by name, in a dictionary: paramiko's own look-up is linear and its loader quadratic."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

HostKeys = dict[str, list[tuple[str, bytes]]]  # name → (key type, public key)


def read(path: Path) -> HostKeys:
    """Read a known_hosts file in OpenSSH form; hashed names, marked lines and broken lines are left out.

    Raises:
        OSError: the file cannot be read.
    """
    keys: HostKeys = {}
    for line in path.read_text().splitlines():
        fields = line.split()
        if len(fields) < 3 or fields[0][0] in "#@|":
            continue
        try:
            key = base64.b64decode(fields[2], validate=True)
        except binascii.Error:
            continue
        for name in fields[0].split(","):
            keys.setdefault(name, []).append((fields[1], key))
    return keys


def of(keys: HostKeys, name: str, address: str, port: int) -> list[tuple[str, bytes]]:
    """Return the keys of a host, known by its name or its address (``[name]:port`` off port 22)."""
    for known in (name, address):
        found = keys.get(known if port == 22 else f"[{known}]:{port}")
        if found:
            return found
    return []
