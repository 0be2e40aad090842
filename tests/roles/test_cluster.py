"""A small cluster of real machines: hardened and healthy on three architectures, running jobs by Slurm on one.

slurmd does not come up under user-mode emulation: Slurm's part ends at the x86-64 machines.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator

import msgspec
import pytest

from gigaworks.inventory.blueprint import Accelerators, Arch, RoleCall
from gigaworks.inventory.lab import binfmt
from gigaworks.roles import runner
from gigaworks.roles.target import (
    ComputeNode,
    Context,
    HostEntry,
    HostResult,
    Mode,
    Prefix,
    Scheduler,
    SiteContext,
    Target,
)
from tests.roles import catalogue_trees
from tests.roles.machines import Lab
from tests.roles.test_machines import changes, good

pytestmark = [pytest.mark.lab, pytest.mark.skipif(os.geteuid() != 0, reason="machines need root")]

MACHINES: dict[str, Arch] = {"ctl": "x86_64", "gpu1": "x86_64", "arm1": "aarch64", "rv1": "riscv64"}
GPUS = Accelerators(vendor="nvidia", model="H100 (simulated)", count=2)
HOLD = "from gigaworks.inventory.lab import binfmt; import sys, time; from pathlib import Path; "
HOLD += "binfmt.register(['aarch64', 'riscv64'], Path(sys.argv[1])); print('ready', flush=True); time.sleep(9999)"


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return the machines, started, with emulators for the foreign ones."""
    folder = tmp_path_factory.mktemp("cluster")
    trees = {arch: catalogue_trees.root(arch) for arch in sorted(set(MACHINES.values()))}
    lab = Lab(trees["x86_64"], folder / "lab")
    holder = subprocess.Popen(
        ["unshare", "--mount", sys.executable, "-c", HOLD, str(folder)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "ready\n"
        for number, (name, arch) in enumerate(MACHINES.items(), 11):
            lab.tree = trees[arch]
            lab.start(name, number)
        (folder / "munge.key").write_bytes(b"canary-of-munge-" * 8)
        (folder / "munge.key").chmod(0o600)
        yield lab
    finally:
        lab.stop()
        holder.kill()
        holder.wait(10)
        binfmt.remove(folder)


def run(lab: Lab, whom: list[Target], mode: Mode) -> dict[str, HostResult]:
    """Run from the controller's side of the machines' network; emulated machines take their time."""
    with lab.entered():
        return runner.run(whom, mode, host_seconds=400)


def site(lab: Lab) -> SiteContext:
    """Return what all machines know."""
    addresses = {name: f"10.99.1.{number}" for number, name in enumerate(MACHINES, 11)}
    nodes = [
        ComputeNode(
            name=name, address=addresses[name], arch=arch, profile="node", rack="h1/r1", sockets=1, cores=1,
            memory_gib=1, accelerators=GPUS if name == "gpu1" else None, leaves=["leaf-1"],
        )
        for name, arch in MACHINES.items()
        if arch == "x86_64" and name != "ctl"
    ]  # fmt: skip
    return SiteContext(
        name="demo",
        folder=str(lab.folder.parent),
        domain="test.internal",
        lab=True,
        hosts=[HostEntry(address=address, names=[name]) for name, address in addresses.items()],
        time_servers=[],
        volumes=[],
        networks=[Prefix(kind="mgmt", prefix="10.99.1.0/24")],
        scheduler=Scheduler(controllers=["ctl"], accounting=[], nodes=nodes, health=True),
    )


def targets(lab: Lab) -> list[Target]:
    """Return the machines with the roles of the catalogue that run here, the controller first."""
    shared = site(lab)
    found = []
    for name, arch in MACHINES.items():
        slurm = {"part": "controller" if name == "ctl" else "compute", "cgroup": False}
        address = next(entry.address for entry in shared.hosts if entry.names == [name])
        context = Context(
            name=name, address=address, arch=arch, nics=[], routes=[], accelerators=GPUS if name == "gpu1" else None,
            bricks=[], mounts=[], peer=None, site=shared,
        )  # fmt: skip
        roles = [
            RoleCall(role="base", params={"packages": [], "lldp": False}),
            RoleCall(role="security"),
            RoleCall(role="health"),
            RoleCall(role="munge", params={"key": "file:munge.key"}),
            *([RoleCall(role="slurm", params=slurm)] if arch == "x86_64" else []),
        ]
        found.append(
            Target(
                name=name,
                address=address,
                key_file=str(lab.key_file),
                known_hosts=str(lab.known_hosts),
                arch=arch,
                roles=roles,
                context=context,
            )
        )
    return found


@pytest.fixture(scope="module")
def configured(cluster: Lab) -> dict[str, HostResult]:
    """Return the results of configuring the controller, then the others."""
    first, *others = targets(cluster)
    results = run(cluster, [first], "apply") | run(cluster, others, "apply")
    for result in results.values():
        good(result)
    return results


def test_twice_changes_nothing(cluster: Lab, configured: dict[str, HostResult]) -> None:
    """A second apply changes nothing on any architecture and costs two executions."""
    assert {name for name, result in configured.items() if "Firewall now" in changes(result)} == {"ctl", "gpu1"}
    for result in run(cluster, targets(cluster), "apply").values():
        good(result)
        assert changes(result) == []
        assert result.remote_executions <= 2


@pytest.mark.usefixtures("configured")
def test_a_job_runs(cluster: Lab) -> None:
    """`srun` runs a program on the compute node, and GPUs are given out as they are declared."""
    controller = cluster.machines["ctl"]
    assert controller.run("timeout 50 srun -Q -N 1 uname -m 2>&1 || sinfo -R -o '%80E %N'") == "x86_64\n"
    assert controller.run("timeout 30 srun -Q -N 1 --gres=gpu:h100:2 hostname 2>&1") == "gpu1\n"
    refused = "timeout 30 srun -Q -N 1 --gres=gpu:h100:3 hostname 2>&1 || true"
    assert "Requested node configuration is not available" in controller.run(refused)
    assert controller.run("scontrol show topology 2>&1 || true").count("leaf-1") >= 1


def test_the_key_is_seen_nowhere(cluster: Lab, configured: dict[str, HostResult]) -> None:
    """The munge key is in no result, in no process list, and readable for munge alone."""
    assert b"canary" not in msgspec.json.encode(configured)
    for machine in cluster.machines.values():
        assert machine.run("stat -c '%a %U' /etc/munge/munge.key") == "400 munge\n"
        found = machine.run("grep -rl canary-of-munge /etc /run /tmp /var/log /root 2>/dev/null || true").split()
        assert found == ["/etc/munge/munge.key"]


@pytest.mark.parametrize(
    ("machine", "role", "break_it", "check"),
    [
        ("gpu1", "security", "nft insert rule inet gigaworks input tcp dport 7777 accept", "firewall"),
        ("arm1", "security", "chmod 666 /etc/crontab; touch /etc/crontab", "mode./etc/crontab"),
        (
            "rv1",
            "security",
            "sed -i 's/MaxAuthTries 4/MaxAuthTries 9/' /etc/ssh/sshd_config.d/05-*",
            "ssh.MaxAuthTries",
        ),
        ("gpu1", "health", "printf '#!/bin/sh\\necho on fire; exit 1\\n' >/usr/local/sbin/gigaworks-health", "health"),
        ("arm1", "munge", "chmod 444 /etc/munge/munge.key", "key"),
        ("gpu1", "slurm", "touch /etc/slurm/topology.yaml", "topology"),
    ],
)
@pytest.mark.usefixtures("configured")
def test_drift_is_named_and_healed(cluster: Lab, machine: str, role: str, break_it: str, check: str) -> None:
    """One setting broken behind our back: check names it; apply heals it."""
    (whom,) = (t for t in targets(cluster) if t.name == machine)
    whom = msgspec.structs.replace(whom, roles=[call for call in whom.roles if call.role == role])
    cluster.machines[machine].run(break_it)
    assert check in {c.id for c in run(cluster, [whom], "check")[machine].checks if not c.ok}
    assert changes(good(run(cluster, [whom], "apply")[machine]))
    good(run(cluster, [whom], "check")[machine])


@pytest.mark.usefixtures("configured")
def test_the_firewall_lets_in_the_declared_networks_only(cluster: Lab) -> None:
    """From an address outside the declared networks SSH answers, and nothing else does."""
    outside = "ip address add 198.51.100.1/24 dev mgmt0"
    subprocess.run(["nsenter", "-n", "-t", str(cluster.controller.pid), "sh", "-c", outside], check=True, timeout=10)
    cluster.machines["gpu1"].run("ip address add 198.51.100.2/24 dev eth0")
    reach = "timeout 3 bash -c 'exec 3<>/dev/tcp/198.51.100.2/{}' 2>/dev/null && echo in || echo out"
    seen = {}
    for port in (22, 6818):
        command = ["nsenter", "-n", "-t", str(cluster.controller.pid), "sh", "-c", reach.format(port)]
        seen[port] = subprocess.run(command, capture_output=True, text=True, timeout=10, check=True).stdout.strip()
    assert seen == {22: "in", 6818: "out"}
