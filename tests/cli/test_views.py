"""How things look: the final text of every view stands in ``screens/``."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest

from gigaworks.cli.record.diff import compare, rendered
from gigaworks.cli.record.document import Laws, PlanDocument
from gigaworks.cli.record.ledger import Verdict
from gigaworks.cli.record.pictures.elevation import elevation
from gigaworks.cli.record.results import (
    Drift,
    Outcome,
)
from gigaworks.cli.views import apply, audit, junit, markdown, rack, sarif, show
from gigaworks.cli.views.diff import show_difference
from gigaworks.cli.views.drift import show_drift
from gigaworks.cli.views.explain import explain_in_plan
from gigaworks.cli.views.plan import show_plan
from gigaworks.cli.views.problems import show_problems
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.status import show_status
from gigaworks.inventory.problem import Problem
from tests.cli import golden, sample
from tests.cli.sample_told import drift, entries, problems, progress, run_events, status


def text_of(show_it: Callable[[Stream], object], *, colour: bool = False) -> str:
    """Return what a view writes on a stream of 110 columns."""
    file = io.StringIO()
    show_it(Stream(file, colour=colour, width=110))
    return file.getvalue()


def show_ends(stream: Stream) -> None:
    """Show an apply that went well, one that went in part, and one that failed."""
    ends = (
        Outcome(done=16),
        Outcome(done=15, failed=["gpu-04-n3"], skipped=["gpu-05-n1", "gpu-05-n2"], result="part"),
        Outcome(done=0, failed=["stack site"], result="failed"),
    )
    for end in ends:
        then = "See it:  gigaworks status demo"
        apply.show_outcome(end, stream, 432, again="gigaworks apply demo --resume", then=then)


TEXTS: dict[str, Callable[[Stream], object]] = {
    "plan.txt": lambda s: show_plan(sample.plan(), s, then="Apply exactly this:  gigaworks apply demo.plan"),
    "plan-verbose.txt": lambda s: show_plan(sample.plan(), s, verbose=True),
    "plan-diff.txt": lambda s: show_plan(sample.plan(), s, diff=True),
    "plan-empty.txt": lambda s: show_plan(
        sample.plan(stacks={}, resource_changes=[], node_changes=[], waves=[], git=None), s
    ),
    "plan-first.txt": lambda s: show_plan(sample.plan(parent=None, git=None, laws=Laws(hold=9, broken=1)), s),
    "plan-reason.txt": lambda s: explain_in_plan(sample.plan(), "node/gpu-01-n1", s),
    "drift.txt": lambda s: show_drift(drift(), s, "demo"),
    "drift-none.txt": lambda s: show_drift(Drift(settings=12, devices=3, seconds=1.0), s, "demo"),
    "status.txt": lambda s: show_status(status(), s),
    "diff.txt": lambda s: show_difference(
        compare(sample.blueprint(2), sample.blueprint(3, 1048576)),
        s,
        site="demo",
        labels=("41f0a2c", "3f2c91a"),
        between=entries()[2:],
        files=rendered(sample.blueprint(2), sample.blueprint(3, 1048576)),
        lines=True,
    ),
    "audit.txt": lambda s: audit.show_log(entries(), s),
    "verdict.txt": lambda s: audit.show_verdict(Verdict(entries=3, head="f" * 64, torn=57), s, 2),
    "node.txt": lambda s: show.show_node(
        sample.blueprint(), sample.blueprint().nodes["gpu-01-n1"], status().nodes[0], s
    ),
    "rack.txt": lambda s: rack.show_rack(elevation(sample.blueprint(), "h1/gpu-01", {"gpu-01-n1": "in service"}), s),
    "apply-live.txt": lambda s: s.lines(apply.live_lines(progress(), "apply demo.plan", 192.0, s)),
    "apply-log.txt": lambda s: s.lines([line for event in run_events() for line in apply.event_lines(event, s)]),
    "apply-end.txt": show_ends,
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_screen_looks_as_it_should(name: str) -> None:
    """Each view's text is exactly the one that was agreed on."""
    golden.check(name, text_of(TEXTS[name]))


@pytest.mark.parametrize("name", TEXTS)
def test_colour_adds_nothing_but_colour(name: str) -> None:
    """With the escapes taken out, a screen in colour says the same as one without."""
    import re

    coloured = text_of(TEXTS[name], colour=True)
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == text_of(TEXTS[name])


def test_a_finding_shows_the_line_the_figure_and_the_fix(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Severity, id, place, the line with its part underlined, why, fix, same, more."""
    monkeypatch.chdir(tmp_path)
    found = problems(Path())
    golden.check("findings.txt", text_of(lambda s: show_problems(found, s)))


def test_a_plan_shows_changes_only() -> None:
    """Unchanged stacks take one line together, and no unchanged resource is named."""
    text = text_of(lambda s: show_plan(sample.plan(), s))
    assert "site, storage: unchanged" in text
    assert all(len(line) <= 110 for line in text.splitlines())


def test_a_comment_on_a_change_request_survives_its_own_size(tmp_path: Path) -> None:
    """A huge plan is cut at a line and says how much is missing; a fence inside cannot end the block."""
    hostile = "```\n" * 3
    many = [
        msgspec.structs.replace(node, name=f"n{i}", reason=hostile)
        for i in range(3000)
        for node in sample.plan().node_changes[:1]
    ]
    huge = sample.plan(
        node_changes=[msgspec.structs.replace(node, changes=[], profile=f"p{i}") for i, node in enumerate(many)]
    )
    path = tmp_path / "plan.md"
    markdown.write_plan(huge, path)
    text = path.read_text()
    assert len(text) < 65_536
    assert "more lines" in text
    golden.check("plan.md", _markdown(sample.plan(), tmp_path).replace(sample.plan().sha256, "<sha256>"))


def _markdown(plan: PlanDocument, folder: Path) -> str:
    markdown.write_plan(plan, folder / "plan.md")
    return (folder / "plan.md").read_text()


def test_the_live_screen_leaves_only_bad_news_behind() -> None:
    """On a terminal counts are redrawn in place and taken away at the end; failures stay, whole."""
    file = io.StringIO()
    view = apply.Redrawn(Stream(file, live=True, width=110), "apply demo.plan")
    for event in run_events():
        view.event(event)
    view.close()
    kept = file.getvalue()
    assert "gpu-01-n2!" in kept
    assert "look: cable 0412" in kept
    assert kept.rstrip().endswith(("\x1b[2K", "\x1b[?25h"))  # the last thing: lines wiped, cursor back


def test_junit_has_a_case_for_each_law_node_and_setting(tmp_path: Path) -> None:
    """Failures carry their words, what cannot be said in XML is dropped, and the counts add up."""
    path = tmp_path / "junit.xml"
    findings = [Problem("rack overfull \x00", "44 U of 42 U", id="SPA-1"), Problem("no file", severity="warning")]
    cases = [*junit.of_findings({"SPA-1": "", "PWR-1": ""}, findings), *junit.of_progress(progress())]
    junit.write_junit([*cases, *junit.of_drift(drift())], path)
    root = ET.parse(path).getroot()  # noqa: S314 we wrote it
    failed = {case.get("name") for case in root.iter("testcase") if case.find("failure") is not None}
    assert {"SPA-1", "gpu-01-n2"} <= failed
    assert "PWR-1" not in failed
    assert root.get("failures") == str(len(list(root.iter("failure"))))


def test_sarif_points_at_the_line(tmp_path: Path) -> None:
    """Each finding has its rule, level and region."""
    path = tmp_path / "x.sarif"
    sarif.write_sarif(problems(tmp_path), {"PWR-3": "survives the loss of a feed"}, path, "0.1.0")
    run = msgspec.json.decode(path.read_bytes())["runs"][0]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "error"]
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    assert region == {"startLine": 3, "startColumn": 34, "endColumn": 54}
    assert {rule["id"] for rule in run["tool"]["driver"]["rules"]} == {"PWR-3", "PWR-2", "SITE"}
