"""What workflows tell, made up: a site that stands half, a drift, a ledger, an apply with a failure."""

from __future__ import annotations

from pathlib import Path

import msgspec

from gigaworks.cli.record.ledger import Entry, Job, Who, Why
from gigaworks.cli.record.results import Applied, Drift, DriftItem, Evidence, NodeStatus, SiteStatus, StackStatus
from gigaworks.cli.views.progress import Progress
from gigaworks.cli.workflows.events import Event
from gigaworks.inventory.problem import Place, Problem


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
