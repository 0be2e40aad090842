"""Which change of a site changes which node, and what is said about it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from gigaworks.inventory.fleet.node_digest import explain_change, node_spec_digest
from gigaworks.inventory.templates import copy_template

Edit = Callable[[str, str, str], Blueprint]


@pytest.fixture
def edit(tmp_path: Path) -> Edit:
    """Return a function that edits one file of a fresh lab site and declares it."""

    def change(file: str, old: str, new: str) -> Blueprint:
        root = tmp_path / "demo"
        copy_template("lab", root, {"name": "demo"})
        declare(root)  # gives the names their numbers, as the first apply would have
        text = (root / file).read_text()
        changed = re.sub(old, new, text, count=1)
        assert changed != text, f"{old} is not in {file}"
        (root / file).write_text(changed)
        return declare(root).blueprint

    return change


def changed(old: Blueprint, new: Blueprint, kind: str) -> set[str]:
    """Return the nodes of the old blueprint whose digest is another one."""
    return {
        name
        for name, node in old.nodes.items()
        if node_spec_digest(old, node)[kind] != node_spec_digest(new, new.nodes[name])[kind]
    }


def test_a_parameter_changes_the_nodes_that_have_the_role_and_says_where(blueprint: Blueprint, edit: Edit) -> None:
    """A sysctl of all profiles configures all nodes, installs none, and is named with both values and its line."""
    new = edit("profiles.yaml", r"net.core.somaxconn: 4096", "net.core.somaxconn: 8192")
    assert changed(blueprint, new, "install") == set()
    assert changed(blueprint, new, "configure") == set(blueprint.nodes)
    (change,) = explain_change(blueprint, new, new.nodes["gpu-01-n1"])
    assert (change["role"], change["summary"]) == ("kernel", "sysctl net.core.somaxconn")
    assert (change["before"], change["after"]) == (4096, 8192)
    assert re.fullmatch(r"profiles\.yaml:\d+(:\d+)?", change["where"])


def test_moving_lines_in_a_file_changes_nothing(blueprint: Blueprint, edit: Edit) -> None:
    """A comment on top shifts every line number and is no reason to touch a node."""
    new = edit("profiles.yaml", r"\A", "# a comment\n\n")
    assert new.profiles["common"].where != blueprint.profiles["common"].where
    assert changed(blueprint, new, "install") == changed(blueprint, new, "configure") == set()
    assert all(explain_change(blueprint, new, node) == [] for node in new.nodes.values())


def test_one_more_node_changes_only_what_lists_all_nodes(blueprint: Blueprint, edit: Edit) -> None:
    """No other node is installed again; the host table of base is what changes, and the new name is said."""
    new = edit("halls/h1.yaml", r"svc-01-n1:", "svc-01-n[1-2]:")
    assert "svc-01-n2" in new.nodes
    assert changed(blueprint, new, "install") == set()
    assert changed(blueprint, new, "configure") == set(blueprint.nodes)
    changes = explain_change(blueprint, new, new.nodes["rv-01-n1"])
    assert {(change["role"], change["summary"]) for change in changes} <= {("base", "hosts"), ("time", "time servers")}
    assert any("svc-01-n2" in change["after"] and change["before"] is None for change in changes)
    assert explain_change(blueprint, new, new.nodes["svc-01-n2"]) == []


def test_another_image_installs_only_its_architecture(blueprint: Blueprint, edit: Edit) -> None:
    """An image name, and the digest behind it where it is given, belongs to the installation alone."""
    new = edit("site.yaml", r"aarch64: debian-trixie-aarch64", "aarch64: debian-forky-aarch64")
    assert changed(blueprint, new, "install") == {"arm-01-n1"}
    assert changed(blueprint, new, "configure") == set()
    (change,) = explain_change(blueprint, new, new.nodes["arm-01-n1"])
    assert (change["role"], change["before"], change["after"]) == (
        "install",
        "debian-trixie-aarch64",
        "debian-forky-aarch64",
    )
    node = blueprint.nodes["arm-01-n1"]
    assert node_spec_digest(blueprint, node, "a")["install"] != node_spec_digest(blueprint, node, "b")["install"]


def test_a_role_more_and_a_role_less_are_named(blueprint: Blueprint) -> None:
    """Another list of roles shows what is added and what goes."""
    profile = blueprint.profiles["riscv"]
    calls = [call for call in profile.roles if call.role != "riscv"]
    calls.append(msgspec.structs.replace(calls[0], role="extra"))
    new = msgspec.structs.replace(
        blueprint, profiles={**blueprint.profiles, "riscv": msgspec.structs.replace(profile, roles=calls)}
    )
    changes = explain_change(blueprint, new, new.nodes["rv-01-n1"])
    assert [(c["role"], c["before"], c["after"]) for c in changes] == [
        ("extra", None, "added"),
        ("riscv", "present", None),
    ]
    assert changed(blueprint, new, "configure") == {"rv-01-n1"}


def test_a_long_list_is_shown_short(blueprint: Blueprint) -> None:
    """Hundreds of new nodes are a line, not hundreds."""
    like = blueprint.nodes["svc-01-n1"]
    more = {f"x{number:03}": msgspec.structs.replace(like, name=f"x{number:03}") for number in range(100)}
    new = msgspec.structs.replace(blueprint, nodes={**blueprint.nodes, **more})
    hosts = next(c for c in explain_change(blueprint, new, like) if c["summary"] == "hosts")
    assert hosts["after"].endswith("and 197 more")
