"""A gigafactory of 1,000 to 100,000 accelerators, checked, compared and looked at by the real command.

``python -m tests.benchmarks.scale [--accelerators N]... [--shape SHAPE]... [--json]`` needs no root. CPU time and
memory hardly depend on who else uses the computer; wall time does. The peer is PyYAML's C loader, which reads the same
nodes written out one by one, as an inventory without ranges has them, and does nothing else with them.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from tests.lab.gigaworks import COMMAND

ACCELERATORS = (1_000, 10_000, 100_000)
SHAPES = ("dgx", "nvl72")
IMPORTS = "import gigaworks.cli.main, gigaworks.cli.commands.check, gigaworks.cli.opening, gigaworks.inventory.declare"
WRITE_OUT = """
import json
nodes = json.load(open("output"))["nodes"]
with open("nodes.yaml", "w") as file:
    for name, it in nodes.items():
        file.write(f"{name}: {{rack: {it['rack']}, device: {it['device']}, profile: {it['profile']}}}\\n")
middle = sorted(nodes)[len(nodes) // 2]
print(len(nodes), middle, *nodes[middle]["rack"].split("/"))
"""  # in a process of its own: what a parent holds counts as its child's peak
PEER_ROW = "peer: PyYAML reads the nodes"
PEER = "import sys, yaml; yaml.load(open(sys.argv[1]), Loader=yaml.CSafeLoader)"


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What a command cost: seconds, and MiB at its peak."""

    wall: float
    cpu: float
    mib: float


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A command on a site; ``per_node_ms`` is CPU time without that of starting."""

    shape: str
    accelerators: int
    nodes: int
    command: str
    cost: Cost
    per_node_ms: float | None = None


def measure(folder: Path, *command: str, environment: dict[str, str] | None = None) -> Cost:
    """Run a command to its end; `check` of a site that warns ends well, too."""
    began = time.monotonic()
    with (folder / "output").open("wb") as output:
        process = subprocess.Popen(
            command, cwd=folder, stdout=output, stderr=subprocess.STDOUT,
            env={**os.environ, "XDG_CACHE_HOME": str(folder / "cache"), **(environment or {})},
        )  # fmt: skip
    _, status, used = os.wait4(process.pid, 0)
    wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"{' '.join(command)}: exit code {process.returncode}\n{(folder / 'output').read_text()[-4000:]}")
    return Cost(wall=wall, cpu=used.ru_utime + used.ru_stime, mib=used.ru_maxrss / 1024)


def walk(folder: Path, shape: str, accelerators: int, start: Cost) -> Iterator[Row]:
    """Make one site and run every command on it."""
    gigaworks = str(COMMAND)
    settings = [f"accelerators={accelerators}", f"shape={shape}"]
    measure(folder, gigaworks, "init", "site", "--template", "gigafactory", *(f"--set={it}" for it in settings))
    first = measure(folder, gigaworks, "check", "site")
    again = measure(folder, gigaworks, "check", "site")
    shutil.copytree(folder / "site", folder / "changed")
    measure(folder, gigaworks, "show", "site", "node", "--json")
    told = subprocess.run(
        [sys.executable, "-c", WRITE_OUT], cwd=folder, capture_output=True, text=True, check=True
    ).stdout
    count, middle, hall, rack = told.split()
    _override(folder / "changed", hall, rack)
    shutil.rmtree(folder / "cache")
    cold = measure(folder, gigaworks, "diff", "site", "changed")
    cached = measure(folder, gigaworks, "diff", "site", "changed")
    shown = measure(folder, gigaworks, "show", "site", f"node/{middle}")
    complete = {
        "COMP_WORDS": f"gigaworks show site node/{middle[:-2]}", "COMP_CWORD": "3",
        "_GIGAWORKS_COMPLETE": "bash_complete",
    }  # fmt: skip
    completed = measure(folder, gigaworks, environment=complete)
    peer = measure(folder, sys.executable, "-c", PEER, "nodes.yaml")
    for command, cost in (
        ("check, new names", first), ("check", again), ("diff of one rack, cold", cold),
        ("diff of one rack, both kept", cached), ("show node/…, kept", shown),
        ("completion of node/…, kept", completed), (PEER_ROW, peer),
    ):  # fmt: skip
        per_node = (cost.cpu - start.cpu) * 1000 / int(count) if command == "check" else None
        yield Row(
            shape=shape, accelerators=accelerators, nodes=int(count), command=command, cost=cost, per_node_ms=per_node
        )


def _override(site: Path, hall: str, rack: str) -> None:
    """Give one rack of a hall another limit."""
    for file in site.glob("*.yaml"):
        text = file.read_text()
        head, mark, rest = text.partition(f"\n  {hall}:\n")
        if mark:
            file.write_text(f"{head}{mark}    overrides: {{racks: {{{rack}: {{max_power: 160 kW}}}}}}\n{rest}")


def rows(shapes: list[str], counts: list[int]) -> Iterator[Row]:
    """Measure every site in a folder of its own."""
    for shape in shapes:
        for accelerators in counts:
            with tempfile.TemporaryDirectory(prefix="gigaworks-benchmark-") as name:
                folder = Path(name)
                start = measure(folder, sys.executable, "-c", IMPORTS)
                yield from walk(folder, shape, accelerators, start)


def figures() -> Iterator[tuple[str, str, str]]:
    """Measure every site, and return lines of the README's table: what, the figure, and beside it the peer."""
    found = list(rows(list(SHAPES), list(ACCELERATORS)))
    for row in found:
        peer = next(it.cost for it in found if it.command == PEER_ROW and _site(it) == _site(row))
        each = "" if row.per_node_ms is None else f"{row.per_node_ms:.2f} CPU ms a node; "
        yield (
            f"`{row.command}`: {row.accelerators:,} accelerators, {row.nodes:,} nodes ({row.shape})",
            f"{row.cost.wall:.2f} s, {row.cost.mib:.0f} MiB",
            f"{each}{row.cost.cpu / peer.cpu:.1f} times the CPU time of PyYAML reading the nodes written out",
        )


def _site(row: Row) -> tuple[str, int]:
    return row.shape, row.accelerators


def line(row: Row) -> str:
    """Return a row as text."""
    each = "" if row.per_node_ms is None else f"  {row.per_node_ms:.3f} CPU ms a node"
    cost = row.cost
    return (
        f"{row.shape:6} {row.accelerators:>8,} accelerators {row.nodes:>7,} nodes  {row.command:30}"
        f" wall {cost.wall:6.2f} s  CPU {cost.cpu:6.2f} s  memory {cost.mib:6.0f} MiB{each}"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--accelerators", type=int, action="append", help="how many; default: 1,000, 10,000, 100,000")
    parser.add_argument("--shape", choices=SHAPES, action="append", help="which nodes carry them; default: both")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    found = []
    for row in rows(options.shape or list(SHAPES), options.accelerators or list(ACCELERATORS)):
        found.append(row)
        (sys.stderr if options.json else sys.stdout).write(line(row) + "\n")
    if options.json:
        sys.stdout.write(msgspec.json.encode(found).decode() + "\n")


if __name__ == "__main__":
    main()
