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
    """Keep what was asked, this time and before; a plan asks a little more than an apply.

    What nobody asks for any more is dropped when it makes up more than half.
    """
    for key, facts in asked.items():
        before = known.get(key, {})
        kept = {**before, **facts} if len(before) <= 2 * len(facts) else facts
        if set(kept) != set(before):
            write_whole(cache() / "facts" / f"{key}.json", canonical(kept), 0o600)
