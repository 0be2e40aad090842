"""What tuned says: its profile and whether the machine is as the profile wants it."""

from __future__ import annotations


def active(text: str) -> str:
    """Read ``tuned-adm active``: the profile; empty where none is active.

    Raises:
        ValueError: tuned does not run, or it says something else.
    """
    line = text.strip().splitlines()[0] if text.strip() else ""
    if line.startswith("No current active profile"):
        return ""
    _, found, profile = line.partition("Current active profile: ")
    if not found:
        raise ValueError(text.strip() or "tuned said nothing")
    return profile.strip()
