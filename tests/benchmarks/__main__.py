"""Measure the main job on a lab site and write the table into the README: ``python -m tests.benchmarks``."""

from __future__ import annotations

import json
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tests.benchmarks import scale
from tests.lab.gigaworks import COMMAND, Site

README = Path(__file__).parents[2] / "README.md"
STARTS = 20


def seconds(work: Callable[[], object]) -> float:
    """Return how long ``work`` takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def start_up(*command: str) -> float:
    """Return the median seconds of starting a command STARTS times."""
    return statistics.median(
        seconds(lambda: subprocess.run(command, capture_output=True, timeout=30, check=True)) for _ in range(STARTS)
    )


def main() -> None:
    """Walk the main job once and print what it took."""
    rows: list[tuple[str, str, str]] = []

    def row(what: str, figure: str, peer: str = "") -> None:
        rows.append((what, figure, peer))
        sys.stderr.write(f"{what}: {figure}  {peer}\n")

    bare = start_up(sys.executable, "-c", "import click")
    own = start_up(str(COMMAND), "--help")
    row(
        "`gigaworks --help`",
        f"{own * 1000:.0f} ms",
        f"{own / bare:.1f} times a bare `import click` ({bare * 1000:.0f} ms)",
    )
    with tempfile.TemporaryDirectory() as home:
        site = Site(Path(home))
        site.run("init", "demo", "--template", "lab")
        try:
            walk(site, row)
        finally:
            site.run("lab", "down", "demo")
    for figures in scale.figures():
        row(*figures)
    text = README.read_text(encoding="utf-8")
    table = ["| what | figure | beside |", "| --- | --- | --- |", *(f"| {a} | {b} | {c} |" for a, b, c in rows)]
    kind = f"Made by `make benchmark` on {os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}."
    made = "\n".join(["<!-- figures: made by make benchmark -->", kind, "", *table, "<!-- end of figures -->"])
    README.write_text(re.sub(r"<!-- figures.*end of figures -->", made, text, flags=re.DOTALL), encoding="utf-8")


def walk(site: Site, row: Callable[..., None]) -> None:
    """Time each step of the main job."""
    row("`check`: load, design, every law", f"{seconds(lambda: site.run('check', 'demo')):.2f} s")
    row("`lab up`", f"{seconds(lambda: site.run('lab', 'up', 'demo')):.1f} s")
    row("`plan`, everything new", f"{seconds(lambda: site.run('plan', 'demo', '-o', 'demo.plan')):.1f} s")
    took = seconds(lambda: site.run("apply", "demo.plan"))
    row(
        f"`apply` from nothing: {len(site.states())} nodes of 3 architectures",
        f"{took:.0f} s",
        f"{took / len(site.states()):.0f} s a node",
    )
    row("`plan`, no change", f"{seconds(lambda: site.run('plan', 'demo')):.2f} s")
    nodes = list(site.states())
    floor = seconds(lambda: [site.run("node", "ssh", "demo", name, "true") for name in nodes])
    lines: list[str] = []
    took = seconds(lambda: lines.extend(site.run("drift", "demo", "--json").splitlines()))
    events = [json.loads(line) for line in lines]
    total = next(event["data"] for event in reversed(events) if event["type"] == "summary")
    row(
        f"`drift`: {total['settings']} settings on {total['devices']} devices",
        f"{took:.1f} s",
        f"{took / floor:.1f} times one `true` by ssh on each of {len(nodes)} nodes ({floor:.1f} s)",
    )
    executions = [
        event["data"]["remote_executions"] for event in events if "remote_executions" in event.get("data", {})
    ]
    row("remote executions per converged node", f"{statistics.mean(executions):.1f}", f"most {max(executions)}")


main()
