"""The plan document: the same plan is the same file, and a file that anybody touched is no plan."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gigaworks.cli.record.document import Counts, StackPlan, load
from gigaworks.inventory.problem import GigaworksError
from tests.cli import sample


def test_what_is_saved_is_what_is_loaded(tmp_path: Path) -> None:
    """A plan survives its file unchanged, with the same digest."""
    plan = sample.plan()
    plan.save(tmp_path / "demo.plan")
    assert load(tmp_path / "demo.plan") == plan
    assert load(tmp_path / "demo.plan").sha256 == plan.sha256


def test_a_plan_made_twice_is_the_same_file_whatever_the_hash_seed(tmp_path: Path) -> None:
    """Two processes with different hash seeds write the same bytes: no clock, no hash order."""
    code = "import sys; from pathlib import Path; from tests.cli import sample; sample.plan().save(Path(sys.argv[1]))"
    for seed in ("1", "2"):
        command = [sys.executable, "-c", code, str(tmp_path / seed)]
        environment = {"PYTHONHASHSEED": seed, "PATH": "/usr/bin:/bin", "PYTHONPATH": "."}
        subprocess.run(command, check=True, timeout=60, env=environment, cwd=Path(__file__).parents[2])
    assert (tmp_path / "1").read_bytes() == (tmp_path / "2").read_bytes()


def test_any_difference_changes_the_digest() -> None:
    """What is planned cannot change without the plan's name changing."""
    plan = sample.plan()
    assert plan.sha256 != sample.plan(destroy=True).sha256
    assert plan.sha256 != sample.plan(blueprint=sample.blueprint(3, 1048577)).sha256


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(position=st.integers(min_value=0), byte=st.integers(1, 255))
def test_a_plan_with_a_changed_byte_is_refused_or_means_the_same(tmp_path: Path, position: int, byte: int) -> None:
    """Whatever byte is changed, either loading fails with a problem, or the content is still the very same."""
    plan = sample.plan()
    path = tmp_path / "demo.plan"
    plan.save(path)
    data = bytearray(path.read_bytes())
    data[position % len(data)] ^= byte
    path.write_bytes(data)
    try:
        assert load(path) == plan  # blanks between values may change, values may not
    except GigaworksError as error:
        assert error.problems[0].fix  # noqa: PT017 one of both is right


@pytest.mark.parametrize(
    ("change", "summary"),
    [
        (lambda text: text.replace('"gpu-03-n1"', '"gpu-09-n1"', 1), "the plan was changed after it was made"),
        (lambda text: text[: len(text) // 2], "the file is not a whole Gigaworks plan"),
        (
            lambda text: text.replace(
                '"format_version": "1.0",\n    "gigaworks_version', '"format_version": "9.0",\n    "gigaworks_version'
            ),
            "format",
        ),
        (lambda _: "apiVersion: v1\n", "the file is not a whole Gigaworks plan"),
    ],
    ids=["edited", "cut", "newer", "no plan"],
)
def test_an_unusable_plan_says_why_and_what_to_do(tmp_path: Path, change: object, summary: str) -> None:
    """Edited, cut off, too new, or no plan at all: one clear problem with a fix."""
    path = tmp_path / "demo.plan"
    sample.plan().save(path)
    before = path.read_text()
    path.write_text(change(before))  # type: ignore[operator]
    assert path.read_text() != before
    with pytest.raises(GigaworksError) as caught:
        load(path)
    (problem,) = caught.value.problems
    assert summary in problem.summary
    assert "plan" in problem.fix


def test_a_plan_without_changes_is_empty() -> None:
    """Empty is decided by resources and nodes, not by what was previewed."""
    unchanged = {"site": StackPlan(slice_digest="1" * 64, counts=Counts(noop=4))}
    assert sample.plan(stacks=unchanged, node_changes=[]).empty
    assert not sample.plan().empty
