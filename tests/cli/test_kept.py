"""Kept blueprints: what comes out is what went in, whole, cut down or compared; a damaged one is made anew."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.cli.record import kept as cache
from gigaworks.cli.record.diff import compare, totals
from gigaworks.cli.record.kept import Damaged, Kept, in_pieces, kept, key
from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from gigaworks.inventory.templates import copy_template
from tests.cli import sample


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a lab site, with a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    copy_template("lab", tmp_path / "demo", {})
    return tmp_path / "demo"


def files(tmp_path: Path) -> list[Path]:
    """Return what the cache holds."""
    return sorted((tmp_path / "cache" / "gigaworks" / "blueprints").iterdir())


def test_a_kept_blueprint_is_the_designed_one(site: Path, tmp_path: Path) -> None:
    """Designed, kept and read back: the whole is equal, the names are in order, one node has its rack and cables."""
    designed = declare(site).blueprint

    first, again = kept(site), kept(site)

    assert len(files(tmp_path)) == 1
    for found in (first, again):
        assert found.whole() == designed
        assert found.totals == totals(designed)
        assert found.names("nodes") == list(designed.nodes)
        assert found.names("halls") == list(designed.halls)
    for table, name in (("nodes", "gpu-01-n1"), ("switches", "leaf-1")):
        one = again.only(table, name)
        assert getattr(one, table) == {name: getattr(designed, table)[name]}
        assert list(one.racks) == [getattr(designed, table)[name].rack]
        assert one.cables == [cable for cable in designed.cables if name in (cable.a.device, cable.b.device)]
        assert one.profiles == designed.profiles


def test_the_key_is_all_that_a_blueprint_follows_from(site: Path) -> None:
    """A site file, a device type and a number given change the key; notes and what Gigaworks keeps do not."""
    keys = [key(site)]
    for name, same in (("README.md", True), (".gigaworks/x.yaml", True), ("halls/h1.yaml", False),
                       ("device-types/Own/box.yaml", False), ("allocations.lock", False)):  # fmt: skip
        (site / name).parent.mkdir(parents=True, exist_ok=True)
        with (site / name).open("a") as file:
            file.write("# one more line\n")
        keys.append(key(site))
        assert (keys[-1] == keys[-2]) is same, name


def test_a_moved_line_is_no_difference(site: Path) -> None:
    """A comment above everything moves every line of the hall, and nothing is read for a comparison."""
    before = kept(site)
    hall = site / "halls/h1.yaml"
    hall.write_text("# one more line\n" + hall.read_text())
    after = kept(site)

    assert after.only("nodes", "gpu-01-n1").nodes["gpu-01-n1"].where != before.whole().nodes["gpu-01-n1"].where
    for cut in before.differing(after):
        assert [cut.racks, cut.power, cut.pdus, cut.nodes, cut.switches, cut.cables] == [{}, {}, {}, {}, {}, []]


def test_a_file_that_was_cut_off_is_made_anew(site: Path, tmp_path: Path) -> None:
    """Cut off anywhere, it is not used; a changed byte in a piece is noticed when the piece is read."""
    whole = kept(site).whole()
    (path,) = files(tmp_path)
    data = path.read_bytes()
    for size in (0, 10, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:size])
        assert kept(site).whole() == whole
        assert path.read_bytes() == data
    at = data.index(b"gpu-01-n1")
    with pytest.raises(Damaged):
        Kept(data[:at] + b"X" + data[at + 1 :]).whole()


def test_the_cache_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was used longest ago goes first, by number and by size."""
    monkeypatch.setattr(cache, "_FILES", 3)
    monkeypatch.setattr(cache, "_BYTES", 100)
    for number, size in enumerate((10, 10, 60, 30, 30)):
        path = tmp_path / f"{number}.blueprint"
        path.write_bytes(b"x" * size)
        os.utime(path, (number, number))

    cache._trim(tmp_path)

    assert [path.name for path in sorted(tmp_path.iterdir())] == ["3.blueprint", "4.blueprint"]


sites = st.builds(sample.blueprint, st.integers(0, 4), st.sampled_from([65530, 1048576]))


@settings(max_examples=30, deadline=None)
@given(sites, sites, st.booleans())
def test_what_differs_is_the_same_in_pieces(one: Blueprint, other: Blueprint, moved: bool) -> None:
    """Comparing only the pieces that are not the same finds what comparing everything finds."""
    if moved:
        nodes = {name: msgspec.structs.replace(node, where="elsewhere.yaml:3") for name, node in other.nodes.items()}
        other = msgspec.structs.replace(other, nodes=nodes)
    before, after = Kept(in_pieces(one)), Kept(in_pieces(other))

    found = compare(*before.differing(after), (before.totals, after.totals))

    assert found == compare(one, other)
