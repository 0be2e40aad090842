"""The applied plant, on SQLite and on a real PostgreSQL server."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Node, Sku
from gigaworks.inventory.canonical import digest
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.plant import Plant, PlantError, plant_url
from gigaworks.inventory.problem import Refused

NODE = Node(
    name="n1",
    hall="h1",
    rack="h1/r1",
    position=1,
    height=1,
    device="d",
    sku=Sku(manufacturer="m", model="m", sockets=1, cores=1, memory_gib=1, nics=1, accelerators=None),
    arch="x86_64",
    profile="p",
    serial=None,
    bmc=None,
    outlets=[],
    nics=[],
    draw_kw=None,
    power_cap_w=None,
    failure_domains={},
)


def test_a_resource_is_read_back_as_it_was_put_also_by_another_process(open_plant: Callable[[], Plant]) -> None:
    """What one process applied, another sees at once; a second put replaces, remove says whether it was there."""
    one, other = open_plant(), open_plant()
    one.put("network", "switch", "leaf-1", {"config": "ä\n", "ports": [1, 2]})
    found = other.get("switch", "leaf-1")
    assert found is not None
    assert found.spec == {"config": "ä\n", "ports": [1, 2]}
    assert found.spec_digest == digest(found.spec)
    other.put("network", "switch", "leaf-1", {"config": ""}, spec_digest="f" * 64)
    one.put("network", "switch", "leaf-0", {})
    assert [(each.name, each.spec_digest) for each in one.of_type("switch")] == [
        ("leaf-0", digest({})),
        ("leaf-1", "f" * 64),
    ]
    assert one.remove("switch", "leaf-1")
    assert not one.remove("switch", "leaf-1")
    assert other.get("switch", "leaf-1") is None
    assert other.of_type("rack") == []


def test_the_fleet_may_act_only_on_nodes_whose_hall_and_rack_are_applied(plant: Plant) -> None:
    """Without the hall, without the rack, or in a rack applied before the node was declared: hands off."""
    assert not plant.may_act(NODE)
    plant.put("hall-h1", "rack", "h1/r1", {"nodes": ["n0"]})
    plant.put("hall-h1", "hall", "h1", {})
    assert not plant.may_act(NODE)
    plant.put("hall-h1", "rack", "h1/r1", {"nodes": ["n0", "n1"]})
    assert plant.may_act(NODE)
    plant.remove("hall", "h1")
    assert not plant.may_act(NODE)


def test_a_plan_made_against_an_older_head_is_refused(open_plant: Callable[[], Plant]) -> None:
    """The head moves with every plan that is begun; what was planned against an older one may not begin."""
    one, other = open_plant(), open_plant()
    assert one.head() is None
    serial = one.begin("a" * 64, b'{"b":1}', parent=None)
    running = other.head()
    assert running is not None
    assert (running.serial, running.plan, running.blueprint, running.result) == (1, "a" * 64, b'{"b":1}', "running")
    with pytest.raises(Refused, match="another plan has been applied"):
        other.begin("b" * 64, b"{}", parent=None)
    one.finish(serial, "part")
    assert other.begin("b" * 64, b"{}", parent=serial) == 2
    with pytest.raises(Refused):
        one.begin("c" * 64, b"{}", parent=1)
    head = one.head()
    assert head is not None
    assert (head.serial, head.plan, head.finished) == (2, "b" * 64, None)


def test_stack_digests_are_kept_until_forgotten(plant: Plant) -> None:
    """A stack's digest is that of the last time it was set; None forgets it."""
    assert plant.stack_digest("site") is None
    plant.set_stack_digest("site", "1")
    plant.set_stack_digest("site", "2")
    assert plant.stack_digest("site") == "2"
    plant.set_stack_digest("site", None)
    assert plant.stack_digest("site") is None


_COMPETE = """
import sys
from gigaworks.inventory.plant import Plant
from gigaworks.inventory.problem import Refused
plant = Plant(sys.argv[1])
for number in range(20):
    plant.put("s", "count", f"r{number}", {"n": number})
plant.nodes.expect([f"n{number}" for number in range(20)])
try:
    plant.begin("a" * 64, b"{}", parent=None)
    print("begun")
except Refused:
    print("refused")
"""


def test_processes_that_start_at_once_share_one_database(url: str) -> None:
    """Four processes make the tables, write the same rows and begin the same plan at once: one begins, none breaks."""
    command = [sys.executable, "-c", _COMPETE, url]
    processes = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert sorted(process.communicate(timeout=60)[0].strip() for process in processes) == ["begun", *["refused"] * 3]
    plant = Plant(url)
    assert len(plant.of_type("count")) == 20
    assert len(plant.nodes.all()) == 20
    plant.close()


def test_a_database_of_another_version_is_left_alone(tmp_path: Path) -> None:
    """A newer program's database is refused with both versions, not read by guess."""
    url = plant_url(SiteFolder(tmp_path), None)
    Plant(url).close()
    with sqlite3.connect(SiteFolder(tmp_path).plant) as connection:
        connection.execute("UPDATE plant_version SET version = 99")
    with pytest.raises(PlantError, match="has version 99, this program reads and writes 1"):
        Plant(url)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("nonsense", "URL cannot be read"),
        ("mysql://x/y", "neither sqlite nor postgresql"),
        ("postgresql://giga:hush@/plant?host=/nowhere/at/all", "cannot be used"),
    ],
)
def test_a_database_that_cannot_be_used_is_explained_without_its_password(url: str, said: str) -> None:
    """A wrong URL and a server that is not there end in a problem that keeps the password to itself."""
    with pytest.raises(PlantError, match=said) as caught:
        Plant(url)
    assert "hush" not in str(caught.value)
