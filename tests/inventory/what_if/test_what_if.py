"""What a loss does: it takes down, never brings back, and agrees with the law about lost feeds."""

from __future__ import annotations

import functools
import operator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gigaworks.inventory.declare import designed
from gigaworks.inventory.laws import LAWS
from gigaworks.inventory.laws.law import Case
from gigaworks.inventory.templates import copy_template
from gigaworks.inventory.what_if.effect import Effect, what_if
from gigaworks.inventory.what_if.things import Lost, named, things

HALL = "halls/h1.yaml"
FEEDS = ("h1/busway-a", "h1/busway-b")
EDITS = st.fixed_dictionaries(
    {},
    optional={
        "rating: 63 A": st.sampled_from(["rating: 13 A", "rating: 16 A"]),
        "tap: 16 A, max_power: 8 kW, cooling": st.sampled_from(["tap: 4 A, max_power: 8 kW, cooling"]),
        "module: 20 kVA": st.sampled_from(["module: 3.4 kVA", "module: 4 kVA"]),
        "feeds: [busway-a]}": st.just("feeds: [busway-b]}"),
        "svc-01-n1:      {": st.just("svc-01-n1: {feeds: [busway-a], "),
        "capacity: 100 kVA": st.just("capacity: 5 kVA"),
    },
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """Return a lab site and the text of its hall."""
    root = tmp_path_factory.mktemp("what-if") / "demo"
    copy_template("lab", root, {})
    return root, {HALL: (root / HALL).read_text()}


def case_of(lab: tuple[Path, dict[str, str]], edits: dict[str, str]) -> Case:
    """Return the lab with edits to its hall, designed."""
    root, texts = lab
    text = texts[HALL]
    for find, put in edits.items():
        assert find in text
        text = text.replace(find, put)
    (root / HALL).write_text(text)
    return designed(root)[0]


def lose(case: Case, *names: str) -> Effect:
    """Return the effect of losing things by their full names."""
    known = things(case.blueprint)
    return what_if(case, functools.reduce(operator.or_, (known[name] for name in names), Lost()))


def test_nothing_lost_is_nothing_changed(lab: tuple[Path, dict[str, str]]) -> None:
    """Losing nothing takes nothing down, throttles nothing, degrades nothing; even where something is overloaded."""
    assert what_if(case_of(lab, {}), Lost()) == Effect()
    assert what_if(case_of(lab, {"rating: 63 A": "rating: 4 A"}), Lost()) == Effect()


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_losing_more_brings_nothing_back(lab: tuple[Path, dict[str, str]], data: st.DataObject) -> None:
    """What is down stays down, for the loss of anything in any number; each thing has one full name."""
    case = _plain(lab)
    known = things(case.blueprint)
    more = data.draw(st.lists(st.sampled_from(sorted(known)), unique=True, max_size=6))
    fewer = more[: data.draw(st.integers(0, len(more)))]

    less, much = lose(case, *fewer), lose(case, *more)

    assert less.down.keys() <= much.down.keys()
    assert set(less.racks) <= set(much.racks)
    assert less.kw <= much.kw
    assert all(named(known, name) == [name] for name in more)


@functools.cache
def _plain_of(root: Path, text: str) -> Case:
    (root / HALL).write_text(text)
    return designed(root)[0]


def _plain(lab: tuple[Path, dict[str, str]]) -> Case:
    return _plain_of(lab[0], lab[1][HALL])


@settings(max_examples=25, deadline=None)
@given(EDITS)
def test_agrees_with_the_law_about_feeds(lab: tuple[Path, dict[str, str]], edits: dict[str, str]) -> None:
    """PWR-3 holds exactly where no single lost feed throttles anything or takes down what hangs on several feeds."""
    case = case_of(lab, edits)
    effects = [lose(case, f"power/{feed}") for feed in FEEDS]
    several = {f"{d.kind}/{d.name}" for devices in case.inside.values() for d in devices if len(d.feeds) > 1}

    suffers = any(effect.throttled or several & effect.down.keys() for effect in effects)

    assert suffers == bool(LAWS["PWR-3"].findings(case))


@pytest.mark.parametrize(
    ("names", "down"),
    [
        (["power/h1/tr-1"], "every node, every switch, scratch"),
        (["power/h1/ups-a"], "rv-01-n1"),
        (["feed/a"], "rv-01-n1"),
        (["cooling/h1/cdu-1"], "gpu-01-n1 gpu-01-n2"),
        (["cooling/h1/cdu-1/1", "cooling/h1/cdu-1/2"], "gpu-01-n1 gpu-01-n2"),
        (["cooling/h1/fws"], "gpu-01-n1 gpu-01-n2"),
        (["cooling/h1/cdu-1/2"], ""),
        (["rack/h1/sto-01"], "sto-01-n1"),
        (["rack/h1/sto-01", "node/sto-02-n1"], "sto-01-n1 sto-02-n1 scratch"),
        (["switch/spine-1"], "spine-1"),
    ],
    ids=lambda it: it if isinstance(it, str) else " ".join(it),
)
def test_what_goes_down(lab: tuple[Path, dict[str, str]], names: list[str], down: str) -> None:
    """The lab's failures, one by one: paths, coolant, racks, bricks."""
    case = _plain(lab)
    found = {subject.partition("/")[2] for subject in lose(case, *names).down}

    everything = {*case.blueprint.nodes, *case.blueprint.switches, *case.blueprint.volumes}
    assert found == (everything if down.startswith("every") else set(down.split()))


def test_a_node_without_links_is_cut_off(lab: tuple[Path, dict[str, str]]) -> None:
    """Both leaves gone: every node is down though it has power; one leaf or spine: links or uplinks are fewer."""
    case = _plain(lab)

    both = lose(case, "switch/leaf-1", "switch/leaf-2")
    one = {it.subject: it.detail for it in lose(case, "switch/leaf-2").degraded}
    spine = {it.subject: it.detail for it in lose(case, "switch/spine-1").degraded}

    assert case.blueprint.nodes.keys() <= {subject.partition("/")[2] for subject in both.down}
    assert "1 of 2 links left" in one["node/gpu-01-n1"]
    assert spine["switch/leaf-1"].startswith("1 of 2 uplinks left, ")
    assert lose(case, "switch/spine-1", "switch/spine-2").down.keys() >= {"node/gpu-01-n1", "switch/leaf-1"}


def test_the_cap_that_is_named_holds(lab: tuple[Path, dict[str, str]]) -> None:
    """A tap that cannot carry the rack alone: with the cap on its nodes it can, with a little more it cannot."""
    tap = {"tap: 16 A, max_power: 8 kW, cooling": "tap: 4 A, max_power: 8 kW, cooling"}
    (over,) = lose(case_of(lab, tap), "power/h1/busway-a").throttled
    assert over.subject == "power/h1/gpu-01-tap-b"
    assert over.nodes == ["gpu-01-n1", "gpu-01-n2"]
    assert over.cap_kw is not None

    def capped(kw: float) -> Effect:
        put = f"profile: gpu-x86, power_cap: {kw:.2f} kW"
        return lose(case_of(lab, {**tap, "profile: gpu-x86": put}), "power/h1/busway-a")

    assert capped(over.cap_kw).throttled == []
    assert capped(over.cap_kw + 0.02).throttled != []
