"""Exports of the lab: site in, files out; ``UPDATE_SCREENS=1`` writes the files of ``exports/`` anew."""

from __future__ import annotations

import csv
import io
import json
import os
import runpy
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from gigaworks.cli.main import run
from gigaworks.cli.views.exports.files import write_folder
from gigaworks.cli.views.exports.table import table
from gigaworks.cli.views.screen import Screen, Stream
from gigaworks.inventory.problem import GigaworksError

HERE = Path(__file__).parent
FILES = {
    "cables": "cables.csv", "bom": "bom.csv", "prometheus": "targets.json", "pyinfra": "nodes.py",
    "ansible": "hosts.json",
}  # fmt: skip


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with a lab and every export of it."""
    folder = tmp_path_factory.mktemp("exports")
    here = Path.cwd()
    os.chdir(folder)
    try:
        assert _run("init", "demo", "--template", "lab") == 0
        for kind, name in FILES.items():
            assert _run("export", "demo", kind, "-o", name) == 0
        assert _run("export", "demo", "netbox", "-o", "netbox") == 0
    finally:
        os.chdir(here)
    return folder


def _run(*arguments: str) -> int:
    stream = Stream(io.StringIO(), width=110)
    return run(list(arguments), Screen(stream, stream))


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", [*FILES.values(), *(f"netbox/{kind}" for kind in ("06-racks.csv", "07-devices.csv"))])
def test_an_export_is_the_one_that_was_agreed_on(exports: Path, name: str) -> None:
    """The lab's files are these, byte for byte."""
    made = (exports / name).read_bytes().replace(str(exports).encode(), b"<here>")
    kept = HERE / "exports" / Path(name).name.replace(".py", ".py.txt")
    if os.environ.get("UPDATE_SCREENS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_bytes(made)
    assert made == kept.read_bytes()


def test_netbox_accepts_every_column(exports: Path) -> None:
    """Each file has the fields that NetBox asks for, and none that its import form does not know."""
    forms: dict[str, Any] = yaml.safe_load((HERE / "exports.yaml").read_text())
    files = sorted((exports / "netbox").glob("*.csv"))
    assert [path.stem.partition("-")[2] for path in files] == list(forms)
    for path in files:
        form, head = forms[path.stem.partition("-")[2]], path.read_text().splitlines()[0].split(",")
        assert set(form["required"]) <= set(head) <= set(form["accepted"]), path.name


def test_what_netbox_is_told_fits_together(exports: Path) -> None:
    """Every device, rack, interface and panel that is named was made by a file before; no address comes twice."""
    files = {path.stem.partition("-")[2]: _rows(path) for path in (exports / "netbox").glob("*.csv")}
    racks = {(row["location"], row["name"]) for row in files["racks"]}
    assert {(row["location"], row["rack"]) for row in [*files["devices"], *files["power-feeds"]]} <= racks
    types = {(row["manufacturer"], row["model"]) for row in files["device-types"]}
    assert {(row["manufacturer"], row["device_type"]) for row in files["devices"]} == types
    assert {row["role"] for row in files["devices"]} == {row["name"] for row in files["device-roles"]}
    interfaces = {(row["device"], row["name"]) for row in files["interfaces"]}
    assert len(interfaces) == len(files["interfaces"])
    assert {device for device, _ in interfaces} <= {row["name"] for row in files["devices"]}
    addresses = [row for kind in ("ip", "primary", "oob") for row in files[f"{kind}-addresses"]]
    assert {(row["device"], row["interface"]) for row in [*addresses, *files["mac-addresses"]]} <= interfaces
    assert len({row["address"] for row in addresses}) == len(addresses)
    ends = [(row[f"side_{side}_device"], row[f"side_{side}_name"]) for row in files["cables"] for side in "ab"]
    assert set(ends) <= interfaces
    assert len(set(ends)) == len(ends)
    assert {row["power_panel"] for row in files["power-feeds"]} == {row["name"] for row in files["power-panels"]}


def test_pyinfra_and_ansible_find_every_node(exports: Path) -> None:
    """Both inventories load as those tools load them, and hold the eight nodes of the lab, each in its groups."""
    inventory = runpy.run_path(str(exports / "nodes.py"))
    hosts = json.loads((exports / "hosts.json").read_text())
    assert [name for name, _ in inventory["nodes"]] == sorted(hosts["_meta"]["hostvars"])
    assert len(inventory["nodes"]) == 8
    assert inventory["profile_gpu_x86"] == hosts["profile_gpu_x86"]["hosts"] == ["gpu-01-n1", "gpu-01-n2"]


def test_an_export_made_twice_is_the_same(exports: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same site gives the same bytes, and an export takes the place of the one before."""
    monkeypatch.chdir(exports)
    before = {path.name: path.read_bytes() for path in Path("netbox").iterdir()}
    assert _run("export", "demo", "netbox", "-o", "netbox") == 0
    assert {path.name: path.read_bytes() for path in Path("netbox").iterdir()} == before


@given(st.lists(st.lists(st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\0")), min_size=2)))
def test_no_cell_runs_as_a_formula(rows: list[list[str]]) -> None:
    """Whatever a site says, a spreadsheet reads it as text; nothing else of it is changed."""
    read = list(csv.reader(io.StringIO(table(("head",), rows), newline="")))[1:]
    assert all(not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n")) for row in read for cell in row)
    assert [[cell.removeprefix("'") for cell in row] for row in read] == [
        [c.removeprefix("'") for c in r] for r in rows
    ]


def test_a_folder_with_something_else_in_it_is_left_alone(tmp_path: Path) -> None:
    """An export never removes what it did not write, and leaves nothing half-made behind."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("years of work")
    with pytest.raises(GigaworksError, match=r"thesis\.txt"):
        write_folder(tmp_path / "out", {"a.csv": "a\n"})
    with pytest.raises(GigaworksError, match="cannot be written"):
        write_folder(tmp_path / "new", {"a.csv": "a\n", "no/such/folder.csv": "b\n"})
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["out", "thesis.txt"]
