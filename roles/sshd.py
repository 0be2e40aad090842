"""Settings of sshd: how they are spelt in its files, and how they are read back."""

from __future__ import annotations

from collections.abc import Mapping

from gigaworks.roles.check import Check, Output, UnreadableError, text

JUDGE = "mkdir -p /run/sshd && sshd -t -f {}"
SAME = {"without-password": "prohibit-password"}  # sshd -T says the old word
READ = "mkdir -p /run/sshd; sshd -T 2>&1"


def value(setting: str | int | bool) -> str:
    """Return a setting as sshd_config spells it: YAML's yes and no come in as booleans."""
    return {True: "yes", False: "no"}[setting] if isinstance(setting, bool) else str(setting)


def lines(settings: Mapping[str, str | int | bool]) -> str:
    """Return the lines of a file in sshd_config.d."""
    return "".join(f"{key} {value(setting)}\n" for key, setting in settings.items())


def check(key: str, setting: str | int | bool) -> Check:
    """Return the check that reads a setting back from ``sshd -T``."""
    expected = value(setting)

    def read(output: Output) -> str:
        for line in text(output).splitlines():
            name, _, found = line.partition(" ")
            if name == key.lower():
                found = SAME.get(found, found)
                return expected if found.lower() == expected.lower() else found
        raise UnreadableError(f"sshd -T says nothing about {key}")

    return Check(f"ssh.{key}", f"sshd's {key}", READ, expected, read)
