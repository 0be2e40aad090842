"""The main job from end to end: one declared site becomes running, proven machines of three architectures.

The tests of this file are one walk and run in order. They read machine formats only.
"""

from __future__ import annotations

import base64
import gzip
import json
import os
import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.gigaworks import Site

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.root]
LLDP_S = 30  # the lab's switches and nodes tell their neighbours every 5 s and forget after 15
NODES = {
    "arm-01-n1": "aarch64",
    "gpu-01-n1": "x86_64",
    "gpu-01-n2": "x86_64",
    "rv-01-n1": "riscv64",
    "sto-01-n1": "x86_64",
    "sto-02-n1": "x86_64",
    "sto-03-n1": "x86_64",
    "svc-01-n1": "x86_64",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Make a lab site whose machines exist and are off."""
    if os.geteuid() != 0:
        pytest.skip("needs root: the lab makes namespaces")
    made = Site(tmp_path_factory.mktemp("walk"))
    made.run("init", "demo", "--template", "lab")
    made.git("init", "--quiet")
    made.run("check", "demo")
    made.run("fmt", "demo", "--check")
    made.run("capacity", "demo")
    made.run("what-if", "demo", "--lose", "busway-a")
    made.git("add", ".")
    made.git("commit", "--quiet", "--message", "Declare the demo site")
    made.run("lab", "up", "demo")
    yield made
    made.run("lab", "down", "demo")
    assert not (made.root / ".gigaworks/lab/control.sock").exists()
    shutil.rmtree(made.home)


def planned(lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the plan's own line."""
    found: dict[str, Any] = next(line["data"] for line in lines if line["type"] == "plan")
    return found


def changes(lines: list[dict[str, Any]]) -> tuple[set[str], set[str]]:
    """Return the resources and the nodes that a plan would change."""
    resources = {line["subject"] for line in lines if line["type"] == "planned_change"}
    return resources, {line["subject"] for line in lines if line["type"] == "planned_node"}


def test_machines_exist_and_are_off(site: Site) -> None:
    """After `lab up` every declared machine exists, wired, and powered off."""
    machines = site.read("lab", "status", "demo")["machines"]

    assert dict.fromkeys(NODES, "off") == {
        name: machine["power"] for name, machine in machines.items() if name in NODES
    }


def test_plan_names_everything_and_changes_nothing(site: Site) -> None:
    """The first plan creates every stack and brings up every node; made twice it is the same file."""
    lines = site.lines("plan", "demo", "-o", "demo.plan", "--detailed-exitcode", code=2)
    plan = planned(lines)

    assert set(plan["stacks"]) == {"site", "hall-h1", "network", "storage"}
    assert changes(lines)[1] == set(NODES)
    assert plan["blast_radius"]["accelerators"] == 4
    first = (site.home / "demo.plan").read_bytes()
    site.run("plan", "demo", "-o", "again.plan")
    assert first == (site.home / "again.plan").read_bytes()


def test_apply_brings_every_node_into_service(site: Site) -> None:
    """Applying the saved plan, without a prompt, ends with every node in service and its evidence kept."""
    lines = site.lines("apply", "demo.plan", "--message", "first bring-up")

    assert lines[-1]["data"]["result"] == "done"
    assert site.states() == dict.fromkeys(NODES, "in service")
    for name in NODES:
        assert (site.root / ".gigaworks/evidence" / name / "acceptance.json").exists()
    measured = site.read("evidence", "demo", "profile/gpu-x86")["evidence"]
    assert set(measured) == {"gpu-01-n1", "gpu-01-n2"}
    assert all(one["of_median"] for checks in measured.values() for one in checks if one["check"] == "acceptance/cpu")


@pytest.mark.parametrize("name", sorted(NODES))
def test_node_answers_with_its_architecture(site: Site, name: str) -> None:
    """A shell on each node, host key verified, says the declared architecture."""
    assert site.run("node", "ssh", "demo", name, "uname", "-m").strip() == NODES[name]


def test_storage_is_shared_over_the_fabric(site: Site) -> None:
    """A file written on one node is read on another through the distributed volume."""
    site.run("node", "ssh", "demo", "gpu-01-n1", "echo proven > /scratch/walk")

    assert site.run("node", "ssh", "demo", "gpu-01-n2", "cat /scratch/walk").strip() == "proven"


def test_second_plan_has_nothing_to_do(site: Site) -> None:
    """What was applied is what is declared: no change, exit code 0 even when changes would be 2."""
    plan = planned(site.lines("plan", "demo", "--detailed-exitcode"))

    assert plan["empty"]
    assert all(stack["unchanged"] for stack in plan["stacks"].values())


def test_no_drift_right_after_apply(site: Site) -> None:
    """Nothing differs right after an apply."""
    assert site.lines("drift", "demo", "--detailed-exitcode")[-1]["data"]["drifted"] == 0


def test_drift_finds_each_fault_and_nothing_else(site: Site) -> None:
    """Four faults behind its back are four findings with place and both values, twice: looking changes nothing."""
    site.run("lab", "fault", "demo", "sysctl", "gpu-01-n1", "net.core.somaxconn", "128")
    site.run("lab", "fault", "demo", "route", "leaf-1", "192.0.2.0/24", "10.77.0.1")
    site.run("lab", "fault", "demo", "power-cap", "gpu-01-n2", "350")
    labels = {c["a"]["device"]: c["id"] for c in site.read("show", "demo", "cables")["cables"]}
    site.run("lab", "fault", "demo", "cable", labels["rv-01-n1"], labels["svc-01-n1"])
    time.sleep(LLDP_S)
    for _ in range(2):
        lines = site.lines("drift", "demo", "--detailed-exitcode", code=2)
        found = [line["data"] for line in lines if line["type"] == "drift"]
        by_kind = {item["kind"]: item for item in found}

        assert sorted(item["kind"] for item in found) == ["bmc", "cable", "node", "switch"], found
        assert (by_kind["node"]["subject"], by_kind["node"]["declared"], by_kind["node"]["observed"]) == (
            "gpu-01-n1",
            "4096",
            "128",
        )
        assert by_kind["switch"]["subject"] == "leaf-1"
        assert "192.0.2.0/24" in str(by_kind["switch"])
        assert (by_kind["bmc"]["subject"], by_kind["bmc"]["declared"], by_kind["bmc"]["observed"]) == (
            "gpu-01-n2",
            1400,
            350,
        )
        assert not by_kind["cable"]["healable"]


def test_apply_heals_what_is_ours(site: Site) -> None:
    """Applying the site again puts settings right; the cable needs hands, and nothing is left after them."""
    site.run("apply", "demo", "--yes", "--message", "heal what was changed by hand")
    left = [line["data"] for line in site.lines("drift", "demo") if line["type"] == "drift"]

    assert [item["kind"] for item in left] == ["cable"]
    site.run("lab", "fault", "demo", "clear")
    time.sleep(LLDP_S)
    assert site.lines("drift", "demo")[-1]["data"]["drifted"] == 0


def test_role_parameter_changes_only_its_setting(site: Site) -> None:
    """A changed role parameter is planned for exactly the nodes that have it, with both values, and applied."""
    site.edit("profiles.yaml", "net.core.somaxconn: 4096", "net.core.somaxconn: 8192")
    some = site.lines("plan", "demo", "--limit", "rack/h1/gpu-01", "--exclude", "gpu-01-n2")
    lines = site.lines("plan", "demo", "-o", "demo.plan")

    assert changes(some)[1] == {"gpu-01-n1"}
    assert set(planned(some)["left_out"]) == set(NODES) - {"gpu-01-n1"}
    assert changes(lines) == (set(), set(NODES))
    for line in lines:
        if line["type"] == "planned_node":
            assert [(c["role"], c["before"], c["after"]) for c in line["data"]["changes"]] == [("kernel", 4096, 8192)]
    site.run("apply", "demo.plan")
    assert site.run("node", "ssh", "demo", "rv-01-n1", "sysctl -n net.core.somaxconn").strip() == "8192"
    site.git("commit", "--quiet", "--all", "--message", "Raise the accept queue")


def test_added_node_is_the_only_new_one(site: Site) -> None:
    """One more node in a rack: it comes into service, the others keep their disks, their names and their addresses."""
    before = {name: site.read("show", "demo", f"node/{name}") for name in NODES}
    site.edit("halls/h1.yaml", "gpu-01-n[1-2]:", "gpu-01-n[1-3]:")
    site.edit("site.yaml", "accelerators: 4", "accelerators: 6")
    site.run("lab", "up", "demo")
    lines = site.lines("plan", "demo", "-o", "demo.plan")
    new = {
        line["subject"] for line in lines if line["type"] == "planned_node" and "bring-up" in line["data"]["actions"]
    }

    assert new == {"gpu-01-n3"}
    site.run("apply", "demo.plan", "--message", "one more GPU node")
    assert site.states() == dict.fromkeys([*NODES, "gpu-01-n3"], "in service")
    for name in NODES:
        after = site.read("show", "demo", f"node/{name}")
        assert before[name]["node"]["nics"] == after["node"]["nics"]
    site.git("commit", "--quiet", "--all", "--message", "Add a GPU node")


def test_removed_node_is_retired(site: Site) -> None:
    """A node that is no longer declared is the only one touched: powered off, its records and machine gone."""
    site.edit("halls/h1.yaml", "gpu-01-n[1-3]:", "gpu-01-n[1-2]:")
    site.edit("site.yaml", "accelerators: 6", "accelerators: 4")
    lines = site.lines("plan", "demo", "-o", "demo.plan")
    gone = {line["subject"] for line in lines if line["type"] == "planned_node" and "retire" in line["data"]["actions"]}

    assert gone == {"gpu-01-n3"}
    site.run("apply", "demo.plan", "--message", "one GPU node less")
    assert site.read("lab", "status", "demo")["machines"]["gpu-01-n3"]["power"] == "off"
    site.run("lab", "up", "demo")
    assert site.states() == dict.fromkeys(NODES, "in service")
    assert planned(site.lines("plan", "demo"))["empty"]


def test_diff_between_revisions(site: Site) -> None:
    """Two git revisions differ by exactly the node that was added between them."""
    text = site.run("diff", "HEAD~1", "HEAD", "--site", "demo")

    assert "gpu-01-n3" in text
    assert "arm-01-n1" not in text


def test_audit_tells_who_and_why_and_notices_tampering(site: Site) -> None:
    """The ledger names each apply with its reason; a changed byte is found, and named by its line."""
    entries = site.read("audit", "log", "demo")["entries"]
    reasons = [entry["why"]["message"] for entry in entries if entry["what"] == "apply" and entry["result"] == "done"]

    assert reasons[0] == "first bring-up"
    site.run("audit", "verify", "demo")
    ledger = site.root / ".gigaworks/ledger.jsonl"
    good = ledger.read_bytes()
    ledger.write_bytes(good.replace(b"first bring-up", b"first bring-uq", 1))
    site.run("audit", "verify", "demo", code=1)
    ledger.write_bytes(good)


def test_report_is_one_file(site: Site) -> None:
    """The report holds every node and asks the network for nothing."""
    site.run("report", "demo", "-o", "report.html")
    text = (site.home / "report.html").read_text(encoding="utf-8")

    data = re.search(r'id="data">([^<]*)<', text)
    assert data
    assert set(json.loads(gzip.decompress(base64.b64decode(data[1])))["nodes"]) == set(NODES)
    assert 'src="http' not in text


def test_secrets_are_nowhere(site: Site) -> None:
    """No private key and no password stands in any plan, ledger, state, report or log of the site."""
    password = (site.root / ".gigaworks/secrets/bmc-password").read_bytes().strip()
    private = (site.root / ".gigaworks/secrets/id_ed25519").read_bytes().splitlines()[2]
    kept = site.root / ".gigaworks"
    skipped = {kept / "secrets", kept / "lab", kept / "boot" / "images"}
    for path in [*site.home.glob("*.*"), *kept.rglob("*")]:
        if path.is_file() and not any(path.is_relative_to(folder) for folder in skipped):
            data = path.read_bytes()
            assert password not in data, path
            assert private not in data, path


def test_engine_is_within_reach(site: Site) -> None:
    """Any Pulumi command runs on the same state."""
    stacks = site.run("engine", "run", "--site", "demo", "--", "stack", "ls")

    assert all(name in stacks for name in ("site", "hall-h1", "network", "storage"))


def test_destroy_takes_everything_away(site: Site) -> None:
    """Without its name nothing is destroyed; with it every node is off and no stack is left."""
    site.run("destroy", "demo", code=64)
    site.run("destroy", "demo", "--confirm=demo", "--message", "the walk is over")

    assert set(site.states().values()) == {"retired"}
    machines = site.read("lab", "status", "demo")["machines"]
    assert {machines[name]["power"] for name in NODES} == {"off"}
    plan = planned(site.lines("plan", "demo", "--destroy"))
    assert plan["empty"]


def test_readme_commands_were_typed(site: Site) -> None:
    """Every gigaworks command of the README is one that this walk has run."""
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    blocks = readme.split("```console\n")[1:]
    shown = [line.split("#")[0].strip() for block in blocks for line in block.split("```")[0].splitlines()]
    verbs = {" ".join(line.split()[:2]) for line in shown if line.startswith("gigaworks ")}

    assert verbs - {" ".join(line.split()[:2]) for line in site.typed} == set()
