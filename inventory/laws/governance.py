"""Governance: what is claimed, and where it lies."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from gigaworks.inventory.laws.law import Case, finding, law
from gigaworks.inventory.problem import Problem

EU = frozenset(
    {"AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU"}
    | {"IE", "IT", "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK"}
)
MEMBERS = {"EU": EU, "EEA": EU | {"IS", "LI", "NO"}}


@law("GOV-1", "claimed accelerators are there")
def claim_holds(case: Case) -> Iterator[Problem]:
    """Claimed accelerators (`site.accelerators`) = Σ accelerators of the nodes, as their device types have them."""
    claimed = case.site.facts.accelerators
    found = sum(n.sku.accelerators.count for n in case.blueprint.nodes.values() if n.sku.accelerators)
    if claimed is not None and claimed != found:
        detail = f"{claimed:,} are claimed, the nodes have {found:,}"
        fix = f"`accelerators: {found}`, or the nodes that are missing"
        yield finding(
            "GOV-1", "site", "claims other accelerators than it has", detail, fix, case.site.facts.at("accelerators")
        )


@law("GOV-2", "everything lies in the declared jurisdiction")
def jurisdiction_holds(case: Case) -> Iterator[Problem]:
    """The site's country belongs to its jurisdiction: a country of the EU or EEA, or the country itself."""
    facts = case.site.facts
    if facts.country not in MEMBERS.get(facts.jurisdiction, {facts.jurisdiction}):
        detail = f"{facts.country} is not in {facts.jurisdiction}"
        fix = f"known: {', '.join(MEMBERS)}, or the country's own code"
        yield finding("GOV-2", "site", "lies outside its jurisdiction", detail, fix, facts.at("jurisdiction"))


@law("GOV-3", "no secret stands in a site file")
def no_secrets(case: Case) -> Iterator[Problem]:
    """What stands in a site file reaches plans, logs and git: a URL in it has no password (RFC 3986, 3.2.1)."""
    facts = case.site.facts
    for field, value in (("database", facts.database), ("state", facts.state)):
        if value and urlsplit(value).password:
            detail = f"`{field}` has a password in its URL; it would be in every plan and in git"
            fix = "leave the password out; PGPASSFILE or the environment holds it"
            yield finding("GOV-3", "site", "shows a secret", detail, fix, facts.at(field))
