"""Which nodes a plan touches, and how: from their records, never more than what is needed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from gigaworks.cli.workflows import plan
from gigaworks.cli.workflows.opened import image_digests, open_plant
from gigaworks.cli.workflows.release import reinstall_nodes
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.boot.image import image_store, publish
from gigaworks.inventory.declare import declare
from gigaworks.inventory.fleet.node_digest import node_spec_digest
from gigaworks.inventory.fleet.record import NodeRecord
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.templates import copy_template

NODE = "gpu-01-n1"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[SiteFolder, Blueprint]:
    """Make the lab site with an image for each architecture."""
    folder = SiteFolder(tmp_path_factory.mktemp("plan") / "demo")
    copy_template("lab", folder.root, {})
    blueprint = declare(folder.root).blueprint
    for arch, name in blueprint.boot.images.items():
        tar = folder.root / f"{arch}.tar"
        tar.write_bytes(arch.encode())
        publish(tar, image_store(folder), arch, name)  # type: ignore[arg-type] # the keys are architectures
    return folder, blueprint


def records(site: tuple[SiteFolder, Blueprint], **changes: Any) -> dict[str, NodeRecord]:
    """Return records of a site in which every node is in service as declared, but for ``changes`` of NODE."""
    folder, blueprint = site
    images = image_digests(folder, blueprint)
    found = {}
    for name, node in blueprint.nodes.items():
        spec = node_spec_digest(blueprint, node, images[node.arch])
        fields = {"state": "in service", "installed_digest": spec["install"], "configured_digest": spec["configure"]}
        found[name] = NodeRecord(name=name, **{**fields, **(changes if name == NODE else {})})
    return found


@pytest.mark.parametrize(
    ("changes", "actions"),
    [
        ({}, None),
        ({"state": "drain"}, ["configure"]),
        ({"state": "drain", "installed_digest": "another"}, ["bring-up"]),
        ({"configured_digest": "another"}, ["configure"]),
        ({"installed_digest": "another"}, ["bring-up"]),
        ({"state": "failed", "reason": "silent"}, ["bring-up"]),
        ({"state": "verified"}, ["bring-up"]),
        ({"state": "quarantined", "reason": "no light"}, None),
    ],
)
def test_node_gets_what_its_record_lacks(
    site: tuple[SiteFolder, Blueprint], changes: dict[str, Any], actions: list[str] | None
) -> None:
    """A node is installed only where its disk is not as declared, configured where its settings are not, else left."""
    folder, blueprint = site
    found = {
        change.name: list(change.actions)
        for change in plan._nodes(folder, blueprint, None, records(site, **changes), None)
    }

    assert found == ({NODE: actions} if actions else {})


def test_quarantined_node_is_told_with_the_way_out(site: tuple[SiteFolder, Blueprint]) -> None:
    """A node that only a person may give back is left out, and the plan says why and how."""
    folder, blueprint = site
    (warning,) = plan._held(folder, blueprint, records(site, state="quarantined", reason="no light"))

    assert "no light" in warning.detail
    assert f"node release {folder.root} {NODE}" in warning.fix


def test_undeclared_node_is_retired(site: tuple[SiteFolder, Blueprint]) -> None:
    """A record whose node is no longer declared is retired, once."""
    folder, blueprint = site
    known = {
        **records(site),
        "old": NodeRecord(name="old", state="in service"),
        "gone": NodeRecord(name="gone", state="retired"),
    }

    assert [(c.name, c.actions) for c in plan._nodes(folder, blueprint, None, known, None)] == [("old", ["retire"])]


def test_only_the_nodes_that_are_meant(site: tuple[SiteFolder, Blueprint]) -> None:
    """`--limit` names nodes, `--exclude` takes some of them away again."""
    _, blueprint = site
    scope = plan.Scope(limit=("rack/h1/gpu-01", "svc-01-n1"), exclude=("gpu-01-n2",))

    assert plan._meant(scope, blueprint, {}) == {"gpu-01-n1", "svc-01-n1"}
    assert plan._meant(plan.EVERYTHING, blueprint, records(site)) == set(blueprint.nodes)


def test_reinstalled_nodes_begin_anew(tmp_path: Path) -> None:
    """Whatever state a node is in, it is expected again, its proofs are gone and the ledger says who wanted it."""
    folder = SiteFolder(tmp_path / "demo")
    copy_template("lab", folder.root, {})
    declared = declare(folder.root)
    with closing(open_plant(folder, declared.blueprint)) as plant:
        plant.nodes.expect(["gpu-01-n1", "gpu-01-n2", "svc-01-n1"])
        for state in ("discovered", "verified", "installed", "configured", "accepted", "in service"):
            for name in ("gpu-01-n1", "svc-01-n1")[: 2 if state == "discovered" else 1]:
                record = plant.nodes.get(name)
                assert record is not None
                plant.nodes.move(record, state, installed_digest="old")
    before = reinstall_nodes(declared, folder, ["gpu-01-n1", "gpu-01-n2", "svc-01-n1"], "new disks")

    assert before == {"gpu-01-n1": "in service", "svc-01-n1": "discovered"}
    with closing(open_plant(folder, declared.blueprint)) as plant:
        found = plant.nodes.all()
    assert {record.state for record in found.values()} == {"expected"}
    assert found["gpu-01-n1"].installed_digest is None
    assert "gpu-01-n1, svc-01-n1: new disks" in folder.ledger.read_text()
