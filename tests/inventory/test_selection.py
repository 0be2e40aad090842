"""Which nodes an expression means."""

from __future__ import annotations

from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from gigaworks.inventory.problem import WrongUse
from gigaworks.inventory.selection import select
from gigaworks.inventory.templates import copy_template


@pytest.fixture(scope="module")
def blueprint(tmp_path_factory: pytest.TempPathFactory) -> Blueprint:
    root: Path = tmp_path_factory.mktemp("selection") / "demo"
    copy_template("lab", root, {})
    return declare(root, write=False).blueprint


@pytest.mark.parametrize(
    ("expression", "meant"),
    [
        ("gpu-01-n1", {"gpu-01-n1"}),
        ("node/gpu-01-n1", {"gpu-01-n1"}),
        ("gpu-01-n[1-2]", {"gpu-01-n1", "gpu-01-n2"}),
        ("sto-[01,03]-n1", {"sto-01-n1", "sto-03-n1"}),
        ("rack/h1/cpu-01", {"arm-01-n1", "rv-01-n1"}),
        ("rack/h1/sto-[01-02]", {"sto-01-n1", "sto-02-n1"}),
        ("profile/service", {"svc-01-n1"}),
        ("old-n1", {"old-n1"}),
    ],
)
def test_expression(blueprint: Blueprint, expression: str, meant: set[str]) -> None:
    """Names, ranges, racks, halls and profiles mean their nodes; a node that is no longer declared has its name."""
    assert select([expression], blueprint, ["old-n1"]) == meant


def test_a_hall_is_all_that_stands_in_it(blueprint: Blueprint) -> None:
    """A hall means every node in it."""
    assert select(["hall/h1"], blueprint) == set(blueprint.nodes)


def test_every_wrong_expression_is_told(blueprint: Blueprint) -> None:
    """Unknown names come with the nearest known one, bad ranges with the right way to write them, all at once."""
    with pytest.raises(WrongUse) as caught:
        select(["gpu-01-n3", "rack/h1/gpu-02", "sto-[03-01]-n1", "hall/h1"], blueprint)

    told = [(problem.summary, problem.fix) for problem in caught.value.problems]
    assert told == [
        ("no such node", "did you mean `gpu-01-n2`?"),
        ("no such rack", "did you mean `h1/gpu-01`?"),
        ("bad range", "write it as gpu-[01-03]-n[1-4]"),
    ]
