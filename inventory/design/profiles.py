"""Profiles: the roles of the one that is extended first, parameters laid over each other, each with its origin."""

from __future__ import annotations

from typing import Any

from gigaworks.inventory.blueprint import Profile, RoleCall
from gigaworks.inventory.model.noun import where
from gigaworks.inventory.model.profile import ProfileNoun
from gigaworks.inventory.model.resolved import Site


def lineage(site: Site, name: str) -> list[ProfileNoun]:
    """Return the profile and what it extends, the furthest first."""
    found = [site.profiles[name]]
    while found[0].extends is not None:
        found.insert(0, site.profiles[found[0].extends])
    return found


def power_cap_kw(site: Site, name: str) -> float | None:
    """Return the power cap that a profile gives its nodes: the nearest one declared."""
    caps = [noun.power_cap for noun in lineage(site, name) if noun.power_cap is not None]
    return caps[-1] if caps else None


def profile(site: Site, name: str) -> Profile:
    """Return a profile written out. A role named again keeps its place and takes the new parameters over the old."""
    calls: dict[str, RoleCall] = {}
    stage = 3
    for noun in lineage(site, name):
        stage = noun.stage or stage
        for n, call in enumerate(noun.roles):
            role, given = (call, {}) if isinstance(call, str) else next(iter(call.items()))
            params = _plain(given or {})
            place = noun.item_at("roles", n)
            before = calls.get(role)
            calls[role] = RoleCall(
                role=role,
                params={**(before.params if before else {}), **params},
                where=before.where if before else where(place),
                origins={
                    **(before.origins if before else {}),
                    **{key: where(noun.parameter_at(n, role, key)) for key in params},
                },
            )
    return Profile(name=name, roles=list(calls.values()), stage=stage, where=where(site.profiles[name].at()))


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value
