"""How base's settings are spelt in the files of their programs."""

from __future__ import annotations


def ssh_value(value: str | int | bool) -> str:
    """Return a setting as sshd_config spells it: YAML's yes and no come in as booleans."""
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
