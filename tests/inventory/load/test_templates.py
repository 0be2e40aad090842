"""Templates: what `init` writes, and what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from gigaworks.inventory.declare import declare
from gigaworks.inventory.problem import WrongUse
from gigaworks.inventory.templates import copy_template, templates

SMALL = {"gigafactory": {"accelerators": "1000"}}  # its full size is for the benchmarks


@pytest.mark.parametrize("name", sorted(templates()))
def test_checks_clean(name: str, tmp_path: Path) -> None:
    """A fresh copy is named after its folder, breaks no law that is not waived, and keeps its own files out of git."""
    written = copy_template(name, tmp_path / "plant-7", SMALL.get(name, {}))

    assert all(path.is_file() for path in written)
    assert (tmp_path / "plant-7" / ".gitignore").read_text() == ".gigaworks/\n"
    declared = declare(tmp_path / "plant-7")
    assert [found for found in declared.findings if found.id and not found.waived] == []
    assert declared.blueprint.site.name == "plant-7"
    assert set(declared.sources) == {
        p.relative_to(tmp_path / "plant-7").as_posix() for p in written if p.suffix == ".yaml"
    }


def test_refusals(tmp_path: Path) -> None:
    """What does not exist, a bad name and a folder with files in it are refused, and nothing is written."""
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")

    for name, target, settings, said in [
        ("lba", "new", {}, "did you mean `lab`"),
        ("lab", "new", {"nmae": "x"}, "did you mean `name`"),
        ("lab", "full", {}, "full holds files already"),
        ("lab", "Not_a_name", {}, "Not_a_name"),
        ("superpod-h100", "new", {"su": "5"}, "`su` is `5`; it is a whole number from 1 to 4"),
        ("superpod-h100", "new", {"su": "two"}, "`su` is `two`; it is a whole number from 1 to 4"),
        ("superpod-h100", "new", {"sus": "2"}, "did you mean `su`"),
        ("superpod-h100", "new", {"owner": ""}, "`owner` is ``; it is a text"),
        ("superpod-h100", "new", {"su": "9", "ownr": "me"}, "did you mean `owner`"),
    ]:
        with pytest.raises(WrongUse) as caught:
            copy_template(name, tmp_path / target, settings)
        assert said in "\n".join(f"{problem.detail} {problem.fix}" for problem in caught.value.problems)
    assert [p.name for p in tmp_path.rglob("*")] == ["full", "notes.txt"]


def test_folder_that_is_empty(tmp_path: Path) -> None:
    """An empty folder may be filled."""
    copy_template("lab", tmp_path, {"name": "demo"})

    assert (tmp_path / "site.yaml").is_file()
