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
from gigaworks.cli.record.ledger import Entry, Job, Verdict, Who, Why
from gigaworks.cli.record.report import build
from gigaworks.cli.record.results import (
    Applied,
    Drift,
    DriftItem,
    Evidence,
    NodeStatus,
    Outcome,
    SiteStatus,
    StackStatus,
)
from gigaworks.cli.views import apply, audit, junit, markdown, sarif, show
from gigaworks.cli.views.diff import show_difference
from gigaworks.cli.views.drift import show_drift
from gigaworks.cli.views.explain import explain_in_plan
from gigaworks.cli.views.html import render
from gigaworks.cli.views.plan import show_plan
from gigaworks.cli.views.problems import show_problems
from gigaworks.cli.views.progress import Progress
from gigaworks.cli.views.screen import Stream
from gigaworks.cli.views.status import show_status
from gigaworks.cli.workflows.events import Event
from gigaworks.inventory.problem import Place, Problem
from tests.cli import golden, sample


def text_of(show_it: Callable[[Stream], object], *, colour: bool = False) -> str:
    """Return what a view writes on a stream of 110 columns."""
    file = io.StringIO()
    show_it(Stream(file, colour=colour, width=110))
    return file.getvalue()


def statuses() -> list[NodeStatus]:
    """Return two nodes: one proven, one failed."""
    good = NodeStatus(
        name="gpu-01-n1",
        state="in service",
        rack="h1/gpu-01",
        position="OU 1",
        arch="x86_64",
        profile="gpu-x86",
        image="trixie-amd64",
        since="2026-11-22T14:03:00Z",
        serial="S11",
        evidence=[
            Evidence(
                check="acceptance/memory", observed=412.5, expected="≥ 300", unit="GB/s", at="2026-11-22T14:01:00Z"
            ),
            Evidence(check="accelerators/count", observed=8, expected="8", simulated=True, at="2026-11-22T14:01:00Z"),
        ],
    )
    bad = msgspec.structs.replace(
        good,
        name="gpu-01-n2",
        state="failed",
        reason="no DHCP request in 120 s, after 2 resets",
        evidence=[],
        image=None,
    )
    return [good, bad]


def status() -> SiteStatus:
    """Return a site with an apply that was done in part."""
    return SiteStatus(
        site="demo",
        nodes=statuses(),
        stacks=[
            StackStatus(name="site", resources=4, current=True),
            StackStatus(name="hall-h1", resources=40, current=False),
            StackStatus(name="storage", resources=2),
        ],
        last_applied=Applied(
            serial=3, plan="7c1e" + "0" * 60, at="2026-11-22T14:03:00Z", who="ada", why="first", result="part"
        ),
        lab="up",
        interrupted=True,
    )


def entries() -> list[Entry]:
    """Return a plan applied by a person and one applied by a CI job."""
    person = Who(user="ada", uid=1000, host="h", git_author="Ada <ada@demo.example>")
    job = Who(user="runner", uid=1, host="h", git_author="Bo <bo@demo.example>", job=Job(system="gitlab", id="77"))
    common = {"what": "apply", "site": "demo", "previous": "0" * 64, "hash": "f" * 64}
    return [
        msgspec.convert(
            {**common, "seq": 1, "at": "2026-10-01T09:00:00Z", "who": person, "plan": "7c" * 32, "result": "started"},
            Entry,
            from_attributes=True,
        ),
        msgspec.convert(
            {**common, "seq": 2, "at": "2026-10-01T09:14:00Z", "who": person, "plan": "7c" * 32, "result": "part"},
            Entry,
            from_attributes=True,
        ),
        msgspec.convert(
            {
                **common,
                "seq": 3,
                "at": "2026-11-22T14:03:00Z",
                "who": job,
                "plan": "9d" * 32,
                "why": Why(message="raise map count for the data loader", commit="3f2c91a" + "0" * 33),
                "approvals": ["Ada <ada@demo.example>"],
            },
            Entry,
            from_attributes=True,
        ),
    ]


def drift() -> Drift:
    """Return something drifted of each sort, and a device that did not answer."""
    return Drift(
        items=[
            DriftItem(
                kind="node",
                subject="gpu-01-n1",
                setting="kernel vm.max_map_count",
                declared="1048576",
                observed="65530",
                where="profiles.yaml:12",
            ),
            DriftItem(kind="switch", subject="leaf-1", setting="route 192.0.2.0/24", observed="via 10.77.0.1"),
            DriftItem(kind="bmc", subject="gpu-01-n2", setting="power cap", declared="8300 W", where="profiles.yaml:9"),
            DriftItem(
                kind="cable",
                subject="0001, 0002",
                setting="swapped at leaf-1 swp1, leaf-1 swp2",
                declared="gpu-01-n1 rail0",
                observed="gpu-01-n2 rail0",
                healable=False,
            ),
        ],
        settings=6412,
        devices=46,
        unreachable=["rv-01-n4"],
        seconds=41.2,
    )


def problems(folder: Path) -> list[Problem]:
    """Return findings about a file in ``folder``."""
    file = folder / "h1.yaml"
    file.write_text(
        "schema: 1\nracks:\n  gpu-[01-04]: {type: ocp-44ou, feeds: [busway-a, busway-b]}\n", encoding="utf-8"
    )
    return [
        Problem(
            "the rack does not survive the loss of feed busway-b",
            "needs 40.8 kW; the tap on busway-a alone carries 33.2 kW  (√3 · 400 V · 63 A · pf 0.95 · derating 0.8)",
            "a third feed, three nodes in the rack, or `power_cap: 8.3 kW` in profile gpu-x86",
            Place(str(file), 3, 34, 54),
            id="PWR-3",
            subject="rack h1/gpu-02",
            same=("gpu-01", "gpu-03", "gpu-04"),
        ),
        Problem("unknown draw", "no device type says it", severity="warning", id="PWR-2", where=Place("gone.yaml", 9)),
        Problem("the engine is missing", "Pulumi 3.259.0", "gigaworks engine install"),
    ]


def run_events() -> list[Event]:
    """Return an apply with a failure."""
    failed = "no DHCP request from 3c:ec:ef:12:00:9a in 120 s, after 2 resets\nlook: cable 0412"
    return [
        Event(kind="phase", subject="stacks", message="site, halls, network"),
        Event(kind="stack", subject="site", data={"status": "unchanged"}),
        Event(kind="stack", subject="network", data={"status": "running"}),
        Event(kind="resource", subject="leaf-1", data={"stack": "network", "op": "update", "status": "done"}),
        Event(kind="stack", subject="network", data={"status": "done", "changed": 5}),
        Event(kind="wave", data={"number": 2, "of": 3, "nodes": ["gpu-01-n1", "gpu-01-n2"]}),
        Event(kind="node", subject="gpu-01-n1", message="power on", data={"before": "verified", "after": "installing"}),
        Event(kind="progress", subject="gpu-01-n1", message="image 71 %"),
        Event(kind="node", subject="gpu-01-n2", message=failed, data={"before": "installing", "after": "failed"}),
        Event(
            kind="check",
            subject="gpu-01-n1",
            data={"role": "acceptance", "id": "memory", "expected": "≥ 300 GB/s", "observed": "120 GB/s", "ok": False},
        ),
        Event(kind="problem", data=msgspec.to_builtins(Problem("the engine stopped", "it was killed", "apply again"))),
    ]


def progress() -> Progress:
    """Return where that apply stands after its events, one a second."""
    state = Progress(0.0)
    for second, event in enumerate(run_events()):
        state.take(event, float(second))
    return state


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
    "rack.txt": lambda s: show.show_rack(sample.blueprint(), "h1/gpu-01", {"gpu-01-n1": "in service"}, s),
    "power.txt": lambda s: show.show_power(sample.blueprint(), s),
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


def test_the_report_needs_nothing_from_outside_and_escapes_everything() -> None:
    """One file: no link to a network, no script; hostile names stay text; every section and node is there."""
    hostile = [msgspec.structs.replace(status().nodes[1], reason="<script>alert(1)</script>")]
    site = msgspec.structs.replace(status(), nodes=[*hostile, status().nodes[0]])
    page = render(build(sample.blueprint(), site, [Problem("x", "y")], entries(), Verdict(entries=3, head="f" * 64)))
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "http://" not in page.replace("http://www.w3.org/2000/svg", "")
    assert "https://" not in page
    for part in ("site", "findings", "halls", "power", "cooling", "fabric", "nodes", "ledger"):
        assert f'<section id="{part}"' in page
    for name in sample.blueprint().nodes:
        assert f'id="node-{name}"' in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
