"""What each template comes to: settings in, counts and findings out. ``UPDATE_SCREENS=1`` writes them anew."""

from __future__ import annotations

import datetime as dt
import os
from collections import Counter
from pathlib import Path

import pytest
import yaml

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import Declared, declare
from gigaworks.inventory.laws.law import count as counted
from gigaworks.inventory.templates import copy_template, templates

HERE = Path(__file__).parent
TODAY = dt.date(2026, 11, 23)
CASES = sorted(path.stem for path in (HERE / "shown").glob("*.txt"))
PUBLISHED = yaml.safe_load((HERE / "published.yaml").read_text())


def made(case: str, root: Path) -> Declared:
    """Return the site of ``template key=value …``."""
    template, *settings = case.split()
    copy_template(template, root / "site", dict(pair.split("=") for pair in settings))
    return declare(root / "site", today=TODAY)


def links(blueprint: Blueprint) -> Counter[str]:
    """Return the cables by fabric and by what they join: ``compute node-leaf``."""
    tiers = {name: switch.tier for name, switch in blueprint.switches.items()}
    found: Counter[str] = Counter()
    for cable in blueprint.cables:
        ends = sorted((tiers.get(end.device, "node") for end in (cable.a, cable.b)), key=_ORDER.index)
        found[f"{cable.fabric} {'-'.join(ends)}"] += 1
    return found


_ORDER = ["node", "leaf", "spine", "core"]


def summary(declared: Declared) -> str:
    """Return counts, kW and findings."""
    it = declared.blueprint
    unknown = sum(rack.unknown_draws for rack in it.racks.values())
    accelerators = sum(node.sku.accelerators.count for node in it.nodes.values() if node.sku.accelerators)
    switches = Counter(f"{switch.fabric} {switch.tier}" for switch in it.switches.values())
    rows = [
        f"{counted(len(it.halls), 'hall')}, {counted(len(it.racks), 'rack')}, {accelerators:,} accelerators",
        f"{'≥ ' if unknown else ''}{sum(rack.draw_kw for rack in it.racks.values()):,.1f} kW"
        + (f", {unknown:,} devices unknown" if unknown else ""),
        *(f"{count:,} {device}" for device, count in sorted(Counter(n.device for n in it.nodes.values()).items())),
        *(f"{count:,} {kind}" for kind, count in sorted(switches.items())),
        *(f"{count:,} cables {kind}" for kind, count in sorted(links(it).items())),
    ]
    told: Counter[str] = Counter()
    for found in declared.findings:
        signed = " (waived)" if found.waived else ""
        told[f"{found.severity}{signed} {found.id} {found.summary}"] += len({found.subject, *found.same})
    rows += [f"{text}: {count:,}" for text, count in sorted(told.items())]
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize("case", CASES)
def test_what_it_comes_to(case: str, tmp_path: Path) -> None:
    """A template with its settings breaks no law that is not waived, and comes to the counts on file."""
    declared = made(case, tmp_path)

    told = summary(declared)
    if os.environ.get("UPDATE_SCREENS"):
        (HERE / "shown" / f"{case}.txt").write_text(told)
    assert told == (HERE / "shown" / f"{case}.txt").read_text()
    assert [found for found in declared.findings if found.severity == "error"] == []


def test_every_template_is_shown() -> None:
    """No template goes without a case."""
    assert {case.split()[0] for case in CASES} == set(templates())


@pytest.mark.parametrize("case", sorted(PUBLISHED))
def test_published_figures(case: str, tmp_path: Path) -> None:
    """Leaves, spines, cables and usable nodes are those that the maker publishes."""
    it = made(case, tmp_path).blueprint
    want = PUBLISHED[case]
    managers = want.pop("manager cables")
    joined = links(it)

    assert {
        "nodes": sum(node.device == "nvidia/dgx-h100" for node in it.nodes.values()),
        "leaves": sum(s.tier == "leaf" and s.fabric == "compute" for s in it.switches.values()),
        "spines": sum(s.tier == "spine" and s.fabric == "compute" for s in it.switches.values()),
        "node cables": joined["compute node-leaf"] + managers,
        "spine cables": joined["compute leaf-spine"],
    } == want
