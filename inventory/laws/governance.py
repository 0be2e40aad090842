"""Governance: what is claimed, where it lies, and what stays secret."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from gigaworks.inventory.laws.law import Case, finding, law
from gigaworks.inventory.laws.measure import Measure
from gigaworks.inventory.model.profile import ProfileNoun
from gigaworks.inventory.problem import Place, Problem

EU = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
MEMBERS = {"EU": EU, "EEA": EU | {"IS", "LI", "NO"}}
_BUCKETS = ("s3", "gs", "azblob")  # object stores as Pulumi's backends name them: a bucket may lie anywhere
_SECRET_NAME = re.compile(r"(^|[_-])(password|passwd|secret|token)$", re.IGNORECASE)


@law("GOV-1", "claimed accelerators are there")
def claim_holds(case: Case) -> Iterator[Problem | Measure]:
    """Claimed accelerators (`site.accelerators`) = Σ accelerators of the nodes, as their device types have them."""
    claimed = case.site.facts.accelerators
    found = sum(n.sku.accelerators.count for n in case.blueprint.nodes.values() if n.sku.accelerators)
    yield Measure("site", "accelerators claimed", found if claimed is None else claimed, found)
    if claimed is not None and claimed != found:
        detail = f"{claimed:,} are claimed, the nodes have {found:,}"
        fix = f"`accelerators: {found}`, or the nodes that are missing"
        yield finding(
            "GOV-1", "site", "claims other accelerators than it has", detail, fix, case.site.facts.at("accelerators")
        )


@law("GOV-2", "everything lies in the declared jurisdiction")
def jurisdiction_holds(case: Case) -> Iterator[Problem | Measure]:
    """The countries of the site, of its `backups` and of its `endpoints` belong to its jurisdiction: the EU, the EEA
    or the country itself. A database or state on a host outside the site's domain is an endpoint.
    """
    facts = case.site.facts
    within = MEMBERS.get(facts.jurisdiction, frozenset({facts.jurisdiction}))
    elsewhere = {
        f"{kind}/{name}": (noun, facts.name_at(kind, name))
        for kind, nouns in (("backups", facts.backups), ("endpoints", facts.endpoints))
        for name, noun in nouns.items()
    }
    yield Measure("site", f"places, in {facts.jurisdiction}", 1 + len(elsewhere))
    known = f"known: {', '.join(MEMBERS)}, or the country's own code"
    if facts.country not in within:
        detail = f"{facts.country} is not in {facts.jurisdiction}"
        yield finding("GOV-2", "site", "lies outside its jurisdiction", detail, known, facts.at("jurisdiction"))
    for name, (noun, _) in elsewhere.items():
        if noun.country not in within:
            detail = f"{name} ({noun.url}) lies in {noun.country}, which is not in {facts.jurisdiction}"
            fix = f"another place for it; {known}"
            yield finding("GOV-2", "site", "has something outside its jurisdiction", detail, fix, noun.at("country"))
    told = {_host(noun.url, facts.domain) for noun, _ in elsewhere.values()}
    for field, value in (("database", facts.database), ("state", facts.state)):
        host = _host(value or "", facts.domain)
        if host and host not in told:
            detail = f"`{field}` lies on {host}, and nobody says in which country"
            fix = f'`endpoints: {{{field}: {{url: "{host}", country: {facts.country}}}}}`'
            yield finding(
                "GOV-2", "site", "has something in an unknown country", detail, fix, facts.at(field), "warning"
            )


def _host(url: str, domain: str) -> str:
    """Return the host or bucket of a URL; nothing where it is the site's own: of its domain, or private."""
    try:
        parts = urlsplit(url if "//" in url else f"//{url}")
        host = parts.hostname or ""
    except ValueError:
        return ""
    if parts.scheme in _BUCKETS:
        return host
    try:
        return "" if ip_address(host).is_private else host
    except ValueError:
        return "" if "." not in host or host.endswith(f".{domain}") else host


@law("GOV-3", "no secret stands in a site file")
def no_secrets(case: Case) -> Iterator[Problem | Measure]:
    """What stands in a site file reaches plans, state summaries, logs and git: a URL in it has no password (RFC 3986,
    3.2.1), no value is a private key (RFC 7468), and a parameter called password, secret or token holds a reference
    (`file:PATH`, `env:NAME`) or a salted hash (crypt(5), it begins with `$`) and not the thing itself.
    """
    looked = 0
    for what, value, place in _texts(case):
        looked += 1
        wrong = _secret(what.rpartition(".")[2], value)
        if wrong:
            detail = f"`{what}` {wrong}; it would be in every plan and in git"
            in_url = "URL" in wrong
            fix = "leave it out; PGPASSFILE or the environment holds it" if in_url else "`file:PATH` or `env:NAME`"
            yield finding("GOV-3", "site", "shows a secret", detail, fix, place)
    yield Measure("site", "texts looked at", looked)


def _texts(case: Case) -> Iterator[tuple[str, str, Place]]:
    """Return the texts of a site whose form a law does not fix: their name, value and place."""
    facts = case.site.facts
    for field, value in (("database", facts.database), ("state", facts.state)):
        yield field, value or "", facts.at(field)
    for kind, nouns in (("backups", facts.backups), ("endpoints", facts.endpoints)):
        for name, noun in nouns.items():
            yield f"{kind}.{name}.url", noun.url, noun.at("url")
    for volume in case.site.volumes.values():
        for key, value in volume.options.items():
            yield f"options.{key}", value, volume.item_at("options", key)
    for profile in case.site.profiles.values():
        yield from _parameters(profile)


def _parameters(profile: ProfileNoun) -> Iterator[tuple[str, str, Place]]:
    for n, call in enumerate(profile.roles):
        for role, given in call.items() if isinstance(call, dict) else ():
            for key, value in (given or {}).items():
                for path, text in _leaves(f"{role}.{key}", value):
                    yield path, text, profile.parameter_at(n, role, key)


def _leaves(path: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(f"{path}.{key}", item)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(path, item)
    elif isinstance(value, str):
        yield path, value


def _secret(name: str, value: str) -> str:
    """Return what is secret about a value, nothing where it may be seen."""
    if "PRIVATE KEY-----" in value:
        return "is a private key"
    if _SECRET_NAME.search(name) and value and not value.startswith(("$", "file:", "env:")):
        return "is neither a reference nor a salted hash"
    try:
        return "has a password in its URL" if "://" in value and urlsplit(value).password else ""
    except ValueError:
        return ""
