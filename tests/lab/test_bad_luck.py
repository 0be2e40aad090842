"""Several kinds of bad luck at once: each is told with cause and fix, the others go on, the next apply carries on."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lab.gigaworks import Site

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.root]
FAULTS = {  # node → (fault, its argument, what the reason has to name)
    "sto-01-n1": ("serial", "STRANGER-1", "STRANGER-1"),
    "sto-02-n1": ("bmc-password", "", "password"),
    "sto-03-n1": ("bmc-certificate", "", "certificate"),
    "gpu-01-n1": ("gpu-count", "1", "1"),
    "gpu-01-n2": ("disk-full", "", "disk"),
}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Make a lab site of x86-64 nodes without volumes, whose policy lets the others go on, whatever fails."""
    if os.geteuid() != 0:
        pytest.skip("needs root: the lab makes namespaces")
    made = Site(tmp_path)
    made.run("init", "demo", "--template", "lab")
    hall = made.root / "halls/h1.yaml"
    kept = [line for line in hall.read_text().splitlines() if not re.match(r"  (arm|rv)-.*rack:", line)]
    hall.write_text("\n".join(kept) + "\n")
    (made.root / "storage.yaml").unlink()
    profiles = made.root / "profiles.yaml"
    profiles.write_text(re.sub(r"      - storage_client.*\n", "", profiles.read_text()))
    made.edit("policy.yaml", "fail_budget: 10 %", "fail_budget: 100 %")
    made.edit("policy.yaml", "canary: 1 ", "canary: 8 ")
    made.run("lab", "up", "demo")
    yield made
    made.run("lab", "down", "demo")
    shutil.rmtree(made.home)


def test_each_trouble_is_told_and_the_next_apply_carries_on(site: Site) -> None:
    """Five faulty nodes fail with their own reason and exit code 3; mended, the next apply brings all into service."""
    for node, (fault, argument, _) in FAULTS.items():
        site.run("lab", "fault", "demo", fault, node, *([argument] if argument else []))
    site.run("plan", "demo", "-o", "demo.plan")
    site.run("apply", "demo.plan", code=3)
    nodes = {node["name"]: node for node in site.read("status", "demo")["nodes"]}

    assert nodes["svc-01-n1"]["state"] == "in service"
    for node, (_, _, named) in FAULTS.items():
        assert nodes[node]["state"] in {"failed", "quarantined"}, nodes[node]
        assert named in nodes[node]["reason"], nodes[node]

    site.run("lab", "fault", "demo", "clear")
    for node in FAULTS:
        if nodes[node]["state"] == "quarantined":
            site.run("node", "release", "demo", node, "--message", "seen to")
    site.run("apply", "demo", "--yes")
    assert set(site.states().values()) == {"in service"}
