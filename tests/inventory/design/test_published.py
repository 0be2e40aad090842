"""Fabrics that their makers publish come out as published: switches, cables, and no law against them."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from tests.inventory.design.networks import write_device, write_site

CASES = yaml.safe_load((Path(__file__).parent / "published.yaml").read_text())
FABRIC = """
schema: 1
fabrics:
  compute:
    kind: compute
    technology: infiniband
    topology: {topology}
    rails: 8
    switches:
{switches}
"""
TWO_TIERS = """
      "leaf-[001-{leaves:03d}]": {{tier: leaf, rack: net-01, device: nvidia/qm9700}}
      "spine-[001-{spines:03d}]": {{tier: spine, rack: net-02, device: nvidia/qm9700}}
"""
THREE_TIERS = """
      "p[1-{pods}]-leaf-[01-32]": {{tier: leaf, group: "p[1-{pods}]", rack: net-01, device: nvidia/qm9700}}
      "p[1-{pods}]-spine-[01-32]": {{tier: spine, group: "p[1-{pods}]", rack: net-02, device: nvidia/qm9700}}
      "core-[001-{cores:03d}]": {{tier: core, rack: net-03, device: nvidia/qm9700}}
"""
NODES = '  "dgx-[0001-{nodes:04d}]": {{rack: gpu-01, device: nvidia/dgx-h100, profile: node}}\n'
MANAGERS = "  ufm-[1-{managers}]: {{rack: gpu-02, device: test/ufm, profile: node}}\n"


def tiers(blueprint: Blueprint) -> Counter[str]:
    """Count the cables by the tiers that they join, the lower first."""
    tier = {name: switch.tier for name, switch in blueprint.switches.items()}
    return Counter(f"{tier.get(c.a.device, 'node')}-{tier[c.b.device]}" for c in blueprint.cables)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"].replace(" ", "-"))
def test_published(case: dict[str, Any], tmp_path: Path) -> None:
    """The design has the cables that are published, and the laws of fabric size find nothing against it."""
    topology, switches = ("three-tier", THREE_TIERS) if "pods" in case else ("two-tier", TWO_TIERS)
    nodes = NODES + (MANAGERS if "managers" in case else "")
    write_device(tmp_path, "ufm", 2, "infiniband-ndr")
    write_site(tmp_path, FABRIC.format(topology=topology, switches=switches.format(**case)), nodes.format(**case))

    declared = declare(tmp_path, write=False, today=dt.date(2026, 11, 23))

    assert dict(tiers(declared.blueprint)) == case["cables"]
    assert [f for f in declared.findings if f.id in {"NET-1", "NET-2", "NET-3", "NET-4", "NET-5", "NET-6"}] == []
    assert {(s.asn, s.loopback, s.platform) for s in declared.blueprint.switches.values()} == {(None, None, None)}
