"""Roles on real machines: Debian in namespaces, sshd, sysvinit scripts, no Python."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from gigaworks.inventory.blueprint import Nic, RoleCall
from gigaworks.inventory.lab import trees
from gigaworks.roles import runner
from gigaworks.roles.target import Context, HostEntry, HostResult, Mode, Mount, Route, SiteContext, Target
from tests.roles.machines import Lab

pytestmark = [pytest.mark.lab, pytest.mark.skipif(os.geteuid() != 0, reason="machines need root")]

USER = {"name": "ada", "uid": 2000, "groups": ["gpu"], "keys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDpQ ada"]}
NUMBERS = {"n1": 11, "n2": 12}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return two machines with a cable between their rail0."""
    trees.ensure(lambda _: None, frozenset({"x86_64"}))
    lab = Lab(trees.root("x86_64"), tmp_path_factory.mktemp("roles") / "lab")
    try:
        for name, number in NUMBERS.items():
            lab.start(name, number)
        lab.cable(("n1", "rail0"), ("n2", "rail0"))
        yield lab
    finally:
        lab.stop()


def target(lab: Lab, name: str, *roles: RoleCall) -> Target:
    """Return a machine as a target; n2 serves time and the volume, n1 is their client."""
    number = NUMBERS[name] - 11
    nics = [
        Nic(name="eth0", mac="", fabric="mgmt", address=f"10.99.1.{NUMBERS[name]}/24", gateway=None, mtu=1500),
        Nic(name="rail0", mac="", fabric="compute", address=f"10.98.0.{number}/31", gateway=None, mtu=9000),
    ]
    hosts = [HostEntry(address=f"10.99.1.{n}", names=[host]) for host, n in NUMBERS.items()]
    hosts += [HostEntry(address=f"10.98.0.{n - 11}", names=[f"{host}-fabric"]) for host, n in NUMBERS.items()]
    site = SiteContext(
        domain="test.internal",
        lab=True,
        hosts=hosts,
        time_servers=["n2"],
        volumes=[Mount(name="scratch", servers=["n2-fabric"], brick="/srv/gluster/scratch", path="/scratch")],
    )
    return Target(
        name=name,
        address=f"10.99.1.{NUMBERS[name]}",
        key_file=str(lab.key_file),
        known_hosts=str(lab.known_hosts),
        arch="x86_64",
        roles=list(roles),
        context=Context(
            name=name,
            address=f"10.99.1.{NUMBERS[name]}",
            arch="x86_64",
            nics=nics,
            routes=[Route(prefix="10.97.0.0/16", via=[(f"10.98.0.{1 - number}", "rail0")])],
            accelerators=None,
            bricks=["/srv/gluster/scratch"] if name == "n2" else [],
            mounts=["scratch"] if name == "n1" else [],
            peer="n2-fabric" if name == "n1" else None,
            site=site,
        ),
    )


def targets(lab: Lab) -> list[Target]:
    """Return both machines with every role that an x86-64 node without accelerators has."""
    common = [
        RoleCall(role="base", params={"users": [USER]}),
        RoleCall(role="kernel", params={"sysctl": {"net.core.somaxconn": 8192}, "command_line": ["iommu=pt"]}),
        RoleCall(role="observability"),
    ]
    server = [
        RoleCall(role="time", params={"serve": True}),
        RoleCall(role="storage_server"),
        RoleCall(role="acceptance", params={"serve": True}),
    ]
    client = [
        RoleCall(role="time"),
        RoleCall(role="accelerators"),
        RoleCall(role="arm"),
        RoleCall(role="acceptance"),
    ]
    return [target(lab, "n1", *common, *client), target(lab, "n2", *common, *server)]


def run(lab: Lab, whom: list[Target], mode: Mode) -> dict[str, HostResult]:
    """Run from the controller's side of the machines' network."""
    with lab.entered():
        return runner.run(whom, mode, host_seconds=120)


def changes(result: HostResult) -> list[str]:
    """Return the names of the operations that changed something, or would."""
    return [operation.name for operation in result.operations if operation.change]


def good(result: HostResult) -> HostResult:
    """Return the result, or fail with what is wrong with it."""
    assert result.error is None, result.error
    assert [(c.id, c.expected, c.observed, c.evidence) for c in result.checks if not c.ok] == []
    return result


@pytest.fixture(scope="module")
def configured(lab: Lab) -> dict[str, HostResult]:
    """Return the results of planning and applying everything once."""
    planned = run(lab, targets(lab), "plan")
    assert lab.machines["n1"].run("uname -n; ls /etc/chrony") == lab.machines["n2"].run("uname -n; ls /etc/chrony")
    results = run(lab, targets(lab), "apply")
    for name, result in results.items():
        good(result)
        assert planned[name].error is None
        assert set(changes(result)) <= set(changes(planned[name]))
        assert planned[name].ok, "a plan asks for no check to hold"
        assert any(operation.diff for operation in planned[name].operations)
    return results


def test_no_python_is_needed(lab: Lab) -> None:
    """The machines have no Python."""
    assert lab.machines["n1"].run("command -v python3 || echo none") == "none\n"


def test_twice_changes_nothing(lab: Lab, configured: dict[str, HostResult]) -> None:
    """A second apply changes nothing and costs one execution, and one for the checks; so does a plan."""
    assert "Sysctl now" in changes(configured["n1"])
    modes: tuple[Mode, ...] = ("apply", "plan")
    for mode in modes:
        for result in run(lab, targets(lab), mode).values():
            good(result)
            assert changes(result) == []
            assert result.remote_executions <= 2


def test_skips_are_told(configured: dict[str, HostResult]) -> None:
    """What a node is not, and what it cannot do, is said with the reason."""
    told = {(skip.role, skip.reason.split(":")[0]) for skip in configured["n1"].skipped}
    assert ("arm", "x86_64 is not among the role's architectures") in told
    assert ("accelerators", "the node's device type has no accelerators") in told
    assert ("kernel", "kernel command line") in told


def test_acceptance_measures(lab: Lab, configured: dict[str, HostResult]) -> None:
    """Processor, memory, disk and the fabric between two nodes are measured in seconds, with evidence."""
    whom = targets(lab)[0]
    measuring = msgspec.structs.replace(whom, roles=[call for call in whom.roles if call.role == "acceptance"])
    result = good(run(lab, [measuring], "check")["n1"])
    found = {check.id: check for check in result.checks}
    assert {"cpu", "memory", "disk_write", "network"} <= set(found)
    assert all(check.observed > check.expected > 0 for check in found.values())
    assert found["network"].unit == "Mbit/s"
    assert '"sum_received"' in lab.machines["n1"].run("iperf3 -J -t 1 -c n2-fabric")
    assert not any(check.role == "acceptance" for check in configured["n1"].checks), "it loads nodes only when asked"


@pytest.mark.parametrize(
    ("role", "break_it", "check", "expected", "observed"),
    [
        ("kernel", "sysctl -q net.core.somaxconn=77", "net.core.somaxconn", "8192", "77"),
        ("base", "hostname mallory", "hostname", "n1", "mallory"),
        ("base", "ip link set rail0 mtu 1400", "nic.rail0", "rail0 up 9000 10.98.0.0/31", "rail0 up 1400 10.98.0.0/31"),
        ("base", "ip route delete 10.97.0.0/16", "routes", "10.97.0.0/16 10.98.0.1 rail0", ""),
        ("base", "sed -i 's/^PasswordAuth.* no/PasswordAuthentication yes/' /etc/ssh/sshd_config.d/10-gigaworks.conf",
         "ssh.PasswordAuthentication", "no", "yes"),
        ("time", "/etc/init.d/chrony stop", "service.chrony", "yes", "no"),
        ("observability", "update-rc.d prometheus-node-exporter disable",
         "start.prometheus-node-exporter", "yes", "no"),
        ("base", "deluser ada gpu 2>/dev/null || gpasswd -d ada gpu", "user.ada", "gpu", ""),
    ],
    ids=lambda value: value if isinstance(value, str) and value.replace(".", "").replace("-", "").isalnum() else "",
)  # fmt: skip
@pytest.mark.usefixtures("configured")
def test_drift_is_named_and_healed(
    lab: Lab, role: str, break_it: str, check: str, expected: str, observed: str
) -> None:
    """One setting broken behind our back: check names it with both values and nothing else; apply heals it."""
    whom = [msgspec.structs.replace(t, roles=[c for c in t.roles if c.role == role]) for t in targets(lab)[:1]]
    lab.machines["n1"].run(break_it)
    result = run(lab, whom, "check")["n1"]
    broken = {c.id: (c.expected, c.observed) for c in result.checks if not c.ok}
    assert broken.pop(check) == (expected, observed)
    assert set(broken) <= ({"synchronised", "offset", "sources"} if role == "time" else set())
    assert not result.ok
    healed = good(run(lab, whom, "apply")["n1"])
    assert changes(healed)
    good(run(lab, whom, "check")["n1"])


@pytest.mark.usefixtures("configured")
def test_a_bad_file_never_replaces_a_good_one(lab: Lab) -> None:
    """Sshd judges its settings first: a bad one is refused with its words, the old file and the service stay."""
    before = lab.machines["n1"].run("cat /etc/ssh/sshd_config.d/10-gigaworks.conf")
    bad = target(lab, "n1", RoleCall(role="base", params={"users": [USER], "ssh": {"PermitRootLogon": "yes"}}))
    result = run(lab, [bad], "apply")["n1"]
    assert result.error is not None
    assert result.error.id == "NODE-COMMAND"
    assert "SSH settings" in result.error.detail
    assert "PermitRootLogon" in result.error.detail
    after = lab.machines["n1"].run("cat /etc/ssh/sshd_config.d/10-gigaworks.conf; ls -A /etc/ssh/sshd_config.d")
    assert after == f"{before}10-gigaworks.conf\n"


@pytest.mark.usefixtures("configured")
def test_a_volume_is_mounted_and_written(lab: Lab) -> None:
    """A real GlusterFS volume is mounted over the fabric, a file written and read; a lost mount is healed."""
    volume = "gluster --mode=script volume"
    lab.machines["n2"].run(
        f"{volume} create scratch n2-fabric:/srv/gluster/scratch force && {volume} start scratch && sleep 2"
    )
    client = [target(lab, "n1", RoleCall(role="storage_client", params={"volumes": ["scratch"]}))]
    found = {check.id: check.observed for check in good(run(lab, client, "apply")["n1"]).checks}
    assert found == {"mount.scratch": "fuse.glusterfs scratch", "file.scratch": "n1"}
    again = good(run(lab, client, "apply")["n1"])
    assert (changes(again), again.remote_executions <= 2) == ([], True)
    lab.machines["n1"].run("pkill -9 -x glusterfs; sleep 0.5")
    assert not run(lab, client, "check")["n1"].ok
    assert "Volumes now" in changes(good(run(lab, client, "apply")["n1"]))


def test_a_changed_host_key_is_refused(lab: Lab, tmp_path: Path) -> None:
    """A host that shows another key gets nothing from us, and the message says what to do; the other goes on."""
    kind, key = (lab.keys / "host-n2.pub").read_text().split()[:2]
    other = tmp_path / "known_hosts"
    other.write_text(f"n1 {kind} {key}\nn2 {kind} {key}\n")
    whom = [msgspec.structs.replace(t, known_hosts=str(other), roles=[RoleCall(role="kernel")]) for t in targets(lab)]
    results = run(lab, whom, "check")
    assert results["n1"].error is not None
    assert results["n1"].error.id == "SSH-KEY-CHANGED"
    assert results["n1"].remote_executions == 0
    assert results["n2"].error is None


def test_an_unreachable_host_holds_up_nobody(lab: Lab) -> None:
    """A host that is not there and one that refuses our key fail alone."""
    there = target(lab, "n1", RoleCall(role="kernel"))
    gone = msgspec.structs.replace(there, name="gone", address="10.99.1.99")
    with lab.known_hosts.open("a") as file:
        file.write(" ".join(["gone", *lab.known_hosts.read_text().split()[1:3]]) + "\n")
    stranger = msgspec.structs.replace(target(lab, "n2", RoleCall(role="kernel")), key_file=str(lab.keys / "host-n1"))
    results = run(lab, [gone, there, stranger], "check")
    assert results["n1"].error is None
    assert results["n1"].seconds < results["gone"].seconds
    assert [results[name].error.id for name in ("gone", "n2")] == ["SSH-UNREACHABLE", "SSH-REFUSED"]  # type: ignore[union-attr]


def test_nothing_secret_in_the_process_list(lab: Lab) -> None:
    """A worker's command line holds only the module's name."""
    process = subprocess.Popen(
        ["sh", "-c", "for i in 1 2 3 4 5 6 7 8; do cat /proc/*/cmdline 2>/dev/null | tr '\\0' ' '; sleep 0.2; done"],
        stdout=subprocess.PIPE,
        text=True,
    )
    run(lab, [target(lab, "n1", RoleCall(role="kernel"))], "check")
    out = process.communicate(timeout=20)[0]
    assert "-m gigaworks.roles.worker" in out
    assert str(lab.key_file) not in out.replace(f"-f {lab.key_file}", "")
