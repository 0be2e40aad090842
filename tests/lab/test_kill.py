"""kill -9 in the middle of an apply: the next one carries on, ends where an undisturbed one ends, repeats nothing."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.lab.gigaworks import LIMIT_S, Site, kill, reach

pytestmark = [pytest.mark.lab, pytest.mark.engine, pytest.mark.root]
NODES = ("gpu-01-n1", "svc-01-n1")
MOMENTS = (  # in the order in which one undisturbed apply comes by
    ("stack", "site", "running"),
    ("stack", "hall-h1", "running"),
    ("stack", "network", "running"),
    ("node", "svc-01-n1", "discovered"),
    ("node", "svc-01-n1", "installing"),
    ("progress", "svc-01-n1", "disk written"),
    ("node", "svc-01-n1", "configuring"),
    ("node", "gpu-01-n1", "installing"),
    ("node", "gpu-01-n1", "installed"),
    ("node", "gpu-01-n1", "accepting"),
)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """Make a lab site of two nodes: what is killed is the same as with more."""
    if os.geteuid() != 0:
        pytest.skip("needs root: the lab makes namespaces")
    made = Site(tmp_path)
    made.run("init", "demo", "--template", "lab")
    shrink(made.root)
    yield made
    made.run("lab", "down", "demo")
    shutil.rmtree(made.home)


def shrink(root: Path) -> None:
    """Leave one GPU node and one service node, and no storage."""
    (root / "storage.yaml").unlink()
    hall = root / "halls/h1.yaml"
    kept = [line for line in hall.read_text().splitlines() if not re.match(r"  (arm|rv|sto)-.*rack:", line)]
    hall.write_text("\n".join(kept).replace("gpu-01-n[1-2]:", "gpu-01-n1:") + "\n")
    profiles = root / "profiles.yaml"
    profiles.write_text(re.sub(r"      - storage_client.*\n", "", profiles.read_text()))
    facts = root / "site.yaml"
    facts.write_text(facts.read_text().replace("accelerators: 4", "accelerators: 2"))


def end_state(site: Site) -> dict[str, Any]:
    """Return everything that an apply leaves behind, without what differs by nature: times, keys, measurements."""
    status = site.read("status", "demo")
    listed = json.loads(site.run("engine", "run", "--site", "demo", "--", "stack", "ls", "--json"))
    held = {}
    for name in sorted(stack["name"].rpartition("/")[2] for stack in listed):
        state = json.loads(site.run("engine", "run", "--site", "demo", "--", "stack", "export", "--stack", name))
        held[name] = sorted(
            (r["urn"], json.dumps(r.get("inputs"), sort_keys=True)) for r in state["deployment"]["resources"]
        )
    files = "cd /etc && find . -type f ! -path './ssh/ssh_host_*' ! -name machine-id -exec sha256sum {} + | sort -k2"
    return {
        "states": {node["name"]: node["state"] for node in status["nodes"]},
        "current": {stack["name"]: stack["current"] for stack in status["stacks"]},
        "stacks": held,
        "files": {name: site.run("node", "ssh", "demo", name, files) for name in NODES},
    }


def forget(site: Site) -> None:
    """Remove all that Gigaworks keeps, but for the keys and passwords: they stand in the stacks by digest."""
    for kept in (site.root / ".gigaworks").iterdir():
        if kept.is_dir() and kept.name != "secrets":
            shutil.rmtree(kept)
        elif kept.is_file():
            kept.unlink()


def history(site: Site) -> dict[str, list[str]]:
    """Return the messages of every node's history."""
    with sqlite3.connect(site.root / ".gigaworks/plant.db") as database:
        rows = database.execute("SELECT node, message FROM node_events ORDER BY id").fetchall()
    return {name: [message for node, message in rows if node == name] for name in NODES}


def test_ten_kills_end_where_none_ends(site: Site) -> None:
    """Killed at ten moments, an apply ends in the same state; no disk is written and no power cycled twice."""
    site.run("lab", "up", "demo")
    site.run("plan", "demo", "-o", "demo.plan")
    site.run("apply", "demo.plan")
    undisturbed = end_state(site)
    site.run("destroy", "demo", "--confirm=demo")
    site.run("lab", "down", "demo")
    forget(site)

    site.run("lab", "up", "demo")
    site.run("plan", "demo", "-o", "demo.plan")
    for moment in MOMENTS:
        assert kill(site.start("apply", "demo.plan", "--json"), signal.SIGKILL, moment) == -signal.SIGKILL
    site.run("apply", "demo.plan")

    assert end_state(site) == undisturbed
    for messages in history(site).values():
        assert sum("disk written" in message for message in messages) == 1
        assert sum("boot source network, power" in message for message in messages) == 1
    site.run("audit", "verify", "demo")
    site.run("plan", "demo", "--detailed-exitcode")


def test_interrupt_is_graceful(site: Site) -> None:
    """Ctrl-C ends an apply with exit code 130 and a record; `--resume` carries on to the end."""
    site.run("lab", "up", "demo")
    site.run("plan", "demo", "-o", "demo.plan")
    assert kill(site.start("apply", "demo.plan", "--json"), signal.SIGINT, ("node", "svc-01-n1", "configuring")) == 130
    assert site.read("audit", "log", "demo")["entries"][-1]["result"] == "interrupted"

    site.run("apply", "demo", "--resume")
    assert set(site.states().values()) == {"in service"}


def test_second_run_is_refused_and_the_first_can_be_paused(site: Site) -> None:
    """While one apply runs, another is refused with exit code 6; paused, the first ends its wave and exits with 3."""
    site.run("lab", "up", "demo")
    site.run("plan", "demo", "-o", "demo.plan")
    first = site.start("apply", "demo.plan", "--json")
    reach(first, ("stack", "site", "running"))
    site.run("apply", "demo.plan", code=6)
    reach(first, ("wave", "wave 1", "of"))
    site.run("pause", "demo", "--message", "the feeder is looked at")
    told, _ = first.communicate(timeout=LIMIT_S)
    assert first.returncode == 3
    assert "the feeder is looked at" in json.loads(told.splitlines()[-1])["data"]["paused"]
    assert site.states() == {"svc-01-n1": "in service", "gpu-01-n1": "expected"}
