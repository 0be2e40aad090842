"""Kernel modules: what is loaded (/proc/modules) and what is never loaded by itself (``modprobe -c``)."""

from __future__ import annotations

JUDGE = 'test -z "$(modprobe -c -C {} 2>&1 >/dev/null)"'  # modprobe warns of a bad line and goes on


def loaded(text: str) -> frozenset[str]:
    """Read /proc/modules; modprobe takes ``-`` and ``_`` for the same, here it is ``_``."""
    return frozenset(line.split()[0] for line in text.splitlines() if line.strip())


def blacklisted(text: str) -> frozenset[str]:
    """Read ``modprobe -c``: modules that no alias loads."""
    lines = (line.split() for line in text.splitlines())
    return frozenset(words[1].replace("-", "_") for words in lines if words[:1] == ["blacklist"])
