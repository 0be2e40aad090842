"""One role of 21 operations on the same hosts: Ansible, Mitogen, stock pyinfra, Gigaworks, and the floor.

``python -m tests.benchmarks.hosts [--hosts N] [--json]`` (as root) builds the hosts on this computer. Wall time
depends on who else uses the computer; CPU time and counts hardly do. The hosts run on the same cores as the tool, for
every tool alike. Then Gigaworks alone: what a host costs among more and more of them, and what becomes of the others
when one is dead, one slow and one talks nonsense.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from pathlib import Path

import msgspec

from gigaworks.inventory.canonical import digest
from gigaworks.inventory.folder import cache
from tests.benchmarks import host_tree
from tests.benchmarks.crowd import Crowd, isolate
from tests.benchmarks.measure import Cost, Failed, adopt_orphans, measure

ANSIBLE = ("ansible-core==2.19.14", "mitogen==0.3.54")
FORKS = 50
HERE = Path(__file__).parent / "same_role"
ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
SIZES = (100, 300, 1000)
FLOOR, OURS = "one script over one SSH exec", "Gigaworks"


class Contender(msgspec.Struct, frozen=True, kw_only=True):
    """A tool: how it configures the hosts; Ansible's way of planning is to run it."""

    name: str
    command: list[str]
    environment: dict[str, str] = {}


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What one run of one tool on so many hosts cost; ``failed`` where it did not do its work."""

    contender: str
    run: str
    hosts: int
    cost: Cost | None
    failed: str = ""


class Stage:
    """The hosts, and what the tools are told about them."""

    def __init__(self, folder: Path, tree: Path) -> None:
        self.folder = folder
        self.crowd = Crowd(tree, folder / "hosts")

    def raise_hosts(self, count: int) -> None:
        """Start fresh hosts and write every tool's inventory."""
        self.crowd.start(count)
        members = self.crowd.members
        hosts = [
            {
                "node_name": member.name,
                "address": member.address,
                "node_index": member.number,
                "peers": [members[(member.number + step) % count].address for step in (1, 2, 3)],
            }
            for member in members
        ]
        access = {"key_file": str(self.crowd.key_file), "known_hosts": str(self.crowd.known_hosts)}
        self._write("order.json", json.dumps({**access, "hosts": hosts}))
        self._write("inventory.json", json.dumps({"all": {"hosts": {host["address"]: host for host in hosts}}}))
        ssh = {"ssh_user": "root", "ssh_key": access["key_file"], "ssh_known_hosts_file": access["known_hosts"]}
        pairs = [(host["address"], {**host, **ssh, "ssh_strict_host_key_checking": "yes"}) for host in hosts]
        self._write("inventory.py", f"hosts = {pairs!r}\n")

    def wrong(self) -> list[str]:
        """Return the hosts that are not as the role wants them, looked at from outside."""
        return [member.name for member in self.crowd.members if not _configured(member.init, member.name)]

    def written(self) -> list[int]:
        """Return when each file of each host was last changed: a run that changes nothing leaves it alike."""
        paths = ("lab/app1.conf", "lab/blob.txt", "sysctl.conf", "passwd", "group", "systemd/system/labapp.service")
        return [
            Path(f"/proc/{member.init}/root/etc/{path}").stat().st_ctime_ns
            for member in self.crowd.members
            for path in paths
        ]

    def _write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text)


def _configured(init: int, name: str) -> bool:
    root = Path(f"/proc/{init}/root")
    try:
        keys = (root / "home/labapp/.ssh/authorized_keys").stat()
        return (
            f"node = {name}\n" in (root / "etc/lab/app5.conf").read_text()
            and (root / "etc/lab/blob.txt").read_bytes() == (HERE / "files/blob.txt").read_bytes()
            and (root / "etc/sysctl.conf").read_text().count(" = ") == 5
            and (root / "etc/systemd/system/labapp.service").exists()
            and (keys.st_mode & 0o777, keys.st_uid == 0) == (0o600, False)
        )
    except OSError:
        return False


def contenders(folder: Path) -> list[Contender]:
    """Return every tool that runs here, the floor first; what Ansible needs is installed on the first call."""
    python, here = sys.executable, {"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}", "XDG_CACHE_HOME": str(folder / "cache")}
    order = str(folder / "order.json")
    found = [
        Contender(name=FLOOR, command=[python, str(HERE / "floor.py"), order]),
        Contender(
            name=OURS,
            command=[python, "-m", "tests.benchmarks.same_role.gigaworks", order, "apply"],
            environment=here,
        ),
        Contender(
            name="pyinfra",
            command=[str(Path(python).with_name("pyinfra")), "-y", "inventory.py", str(HERE / "deploy.py")],
            environment=here,
        ),
    ]
    try:
        bin_folder = _ansible()
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"Ansible cannot be installed: {error}\n")
        return found
    ssh = f"-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile={folder}/hosts/known_hosts"
    plain = {
        "ANSIBLE_INVENTORY": str(folder / "inventory.json"),
        "ANSIBLE_FORKS": str(FORKS),
        "ANSIBLE_PIPELINING": "true",
        "ANSIBLE_PRIVATE_KEY_FILE": str(folder / "hosts/id"),
        "ANSIBLE_REMOTE_USER": "root",
        "ANSIBLE_PYTHON_INTERPRETER": "/usr/bin/python3",
        "ANSIBLE_SSH_ARGS": f"{ssh} -o StrictHostKeyChecking=yes",
        "ANSIBLE_HOME": str(folder / "ansible"),
        "ANSIBLE_NOCOLOR": "true",
    }
    plugins = next(bin_folder.parent.glob("lib/python*/site-packages/ansible_mitogen/plugins/strategy"))
    mitogen = {"ANSIBLE_STRATEGY_PLUGINS": str(plugins), "ANSIBLE_STRATEGY": "mitogen_linear"}
    play = [str(bin_folder / "ansible-playbook"), str(HERE / "playbook.yml")]
    return [
        *found,
        Contender(name="Ansible with Mitogen", command=play, environment={**plain, **mitogen}),
        Contender(name="Ansible", command=play, environment=plain),
    ]


def _ansible() -> Path:
    """Return the programs of a virtual environment of Ansible's own, made where it is missing."""
    folder = cache() / "benchmark" / f"ansible-{digest([*ANSIBLE, sys.version_info[:2]])[:12]}"
    if not (folder / "bin/ansible-playbook").exists():
        venv.create(folder, with_pip=True, clear=True)
        command = [
            str(folder / "bin/python"),
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            *ANSIBLE,
        ]
        subprocess.run(command, stdout=sys.stderr, check=True)
    return folder / "bin"


def peers(stage: Stage, hosts: int, tools: list[Contender]) -> Iterator[Row]:
    """Run every tool twice on fresh hosts: everything changes, then nothing does."""
    for tool in tools:
        stage.raise_hosts(hosts)
        try:
            first = _row(stage, tool, "first run")
            yield first
            if first.cost is None:
                continue
            before = stage.written()
            yield _row(stage, tool, "no change")
            if stage.written() != before:
                yield Row(contender=tool.name, run="no change", hosts=hosts, cost=None, failed="it changed files")
        finally:
            stage.crowd.stop()


def sizes(stage: Stage, counts: list[int], tool: Contender) -> Iterator[Row]:
    """Run one tool on more and more hosts: what a host costs must not grow."""
    for count in counts:
        yield from peers(stage, count, [tool])


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """How long the good hosts took, in seconds from the start of each, beside none and beside three bad ones."""

    hosts: int
    alone: float
    beside: float
    good: int  # hosts that were done beside the bad ones
    errors: dict[str, str]


def trouble(stage: Stage, count: int, tool: Contender) -> Trouble:
    """Run a tool among whose hosts one is dead, one takes a second for each command and one talks nonsense."""
    bad = dict(zip(("dead", "slow", "garbling"), ("node0000", "node0001", "node0002"), strict=True))
    told = []
    for spoiled in (False, True):
        stage.raise_hosts(count)
        try:
            if spoiled:
                stage.crowd.spoil(**bad)
            measure(tool.command, tool.environment, stage.crowd, stage.folder)
            told.append(json.loads((stage.folder / "output").read_text()))
        finally:
            stage.crowd.stop()
    good = [host for host in told[1]["seconds"] if host not in bad.values()]
    return Trouble(
        hosts=count,
        alone=max(told[0]["seconds"][host] for host in good),
        beside=max(told[1]["seconds"][host] for host in good),
        good=sum(host not in told[1]["errors"] for host in good),
        errors={kind: told[1]["errors"].get(host, "none") for kind, host in bad.items()},
    )


def _row(stage: Stage, tool: Contender, run: str) -> Row:
    hosts = len(stage.crowd.members)
    sys.stderr.write(f"{tool.name}, {run}, {hosts} hosts\n")
    try:
        cost = measure(tool.command, tool.environment, stage.crowd, stage.folder)
    except Failed as error:
        return Row(contender=tool.name, run=run, hosts=hosts, cost=None, failed=str(error))
    wrong = stage.wrong()
    said = (stage.folder / "output").read_text(errors="replace")[-1000:]
    failed = f"{len(wrong)} hosts are not as declared, {wrong[0]} for one; it said: {said}" if wrong else ""
    return Row(contender=tool.name, run=run, hosts=hosts, cost=None if wrong else cost, failed=failed)


def table(rows: list[Row]) -> list[str]:
    """Return the rows as a table, each run beside the floor of the same run on as many hosts."""
    lines = [
        "| run | hosts | tool | wall s | of floor | CPU s here | CPU s on hosts | executions a host | MiB here |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        if row.cost is None:
            lines.append(f"| {row.run} | {row.hosts} | {row.contender} | failed: {row.failed} |")
            continue
        cost = row.cost
        most = f" (most {cost.most_executions})" if cost.most_executions > cost.executions else ""
        lines.append(
            f"| {row.run} | {row.hosts} | {row.contender} | {cost.wall:.1f} | {_times(row, rows)} | "
            f"{cost.controller_cpu:.1f} | {cost.hosts_cpu:.1f} | {cost.executions:.1f}{most} | {cost.mib:.0f} |"
        )
    return lines


def _times(row: Row, rows: list[Row]) -> str:
    floor = next((r.cost for r in rows if (r.contender, r.run, r.hosts) == (FLOOR, row.run, row.hosts)), None)
    return f"{row.cost.wall / floor.wall:.1f}" if floor and row.cost else ""


def _told(found: Trouble) -> str:
    bad = ", ".join(f"{kind}: {error.partition(':')[0]}" for kind, error in found.errors.items())
    return (
        f"One dead, one slow and one garbling host among {found.hosts}: the slowest of the {found.good} others took "
        f"{found.beside:.1f} s, without them {found.alone:.1f} s ({bad})."
    )


def write(lines: list[str]) -> None:
    """Put the table into the README, between its marks."""
    kind = f"Made by `make benchmark` on {os.cpu_count()} cores, {platform.machine()}, Linux {platform.release()}."
    made = "\n".join(["<!-- hosts: made by make benchmark -->", kind, "", *lines, "<!-- end of hosts -->"])
    text = README.read_text(encoding="utf-8")
    README.write_text(re.sub(r"<!-- hosts.*end of hosts -->", made, text, flags=re.DOTALL), encoding="utf-8")


def main() -> None:
    """Measure, print, and write the README's table where asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=100, help="hosts for the comparison; default: %(default)s")
    parser.add_argument("--sizes", type=int, nargs="*", default=list(SIZES), help="hosts for Gigaworks alone")
    parser.add_argument("--only", action="append", help="a tool to run; default: all")
    parser.add_argument("--readme", action="store_true", help="write the table into the README")
    parser.add_argument("--json", action="store_true", help="print JSON")
    options = parser.parse_args()
    if os.geteuid() != 0:
        sys.exit("machines need root: use sudo")
    tree = host_tree.ensure()
    with tempfile.TemporaryDirectory(prefix="gigaworks-benchmark-") as name:
        folder = Path(name)
        tools = {tool.name: tool for tool in contenders(folder)}
        isolate(max(options.hosts, *options.sizes, 0))
        adopt_orphans()
        stage = Stage(folder, tree)
        rows = list(peers(stage, options.hosts, [tools[name] for name in options.only or tools]))
        rows += sizes(stage, [count for count in options.sizes if count != options.hosts], tools[OURS])
        found = trouble(stage, options.hosts, tools[OURS])
    lines = [*table(rows), "", _told(found)]
    if options.readme:
        write(lines)
    if options.json:
        sys.stdout.write(msgspec.json.encode({"rows": rows, "trouble": found}).decode() + "\n")
    else:
        sys.stdout.write("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
