"""The fact commands that each role asked for last time, kept so that the next run reads them in one execution."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from gigaworks.inventory.blueprint import RoleCall
from gigaworks.inventory.canonical import canonical, digest, write_whole
from gigaworks.inventory.folder import cache

Facts = dict[str, str]  # raw command → how it stands in a batch


def role_key(call: RoleCall, arch: str) -> str:
    """Return under which key the facts of a role are kept: they follow from name, parameters and architecture."""
    return digest([call.role, call.params, arch])


def load(keys: Iterable[str]) -> dict[str, Facts]:
    """Return what is known for these role keys; anything unreadable counts as unknown."""
    known: dict[str, Facts] = {}
    for key in sorted(set(keys)):
        try:
            known[key] = msgspec.json.decode((cache() / "facts" / f"{key}.json").read_bytes(), type=Facts)
        except (OSError, msgspec.DecodeError):
            continue
    return known


def save(known: dict[str, Facts], asked: dict[str, Facts]) -> None:
    """Keep what was asked this time, where it is not what was known."""
    for key, facts in asked.items():
        if facts and set(facts) != set(known.get(key, ())):
            write_whole(cache() / "facts" / f"{key}.json", canonical(facts), 0o600)
