"""Bad luck on a real machine: each kind is told with what to do, the other machine is not held up, the next run mends.

Not here: a changed host key, a host that is not there and one without Python are in test_machines.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from gigaworks.inventory.blueprint import RoleCall
from gigaworks.inventory.lab import trees
from gigaworks.inventory.problem import Problem
from gigaworks.roles import runner
from gigaworks.roles.target import Context, HostResult, Target
from tests.roles.machines import Lab

pytestmark = [pytest.mark.lab, pytest.mark.skipif(os.geteuid() != 0, reason="machines need root")]

NUMBERS = {"unlucky": 21, "lucky": 22}
MIRROR = "10.99.1.1"  # the controller's side, where nothing listens on port 80
PACKAGE = (
    "Package: hello-there\nVersion: 1\nArchitecture: all\nMaintainer: nobody <nobody@test.internal>\n"
    f"Description: none\nFilename: ./hello-there.deb\nSize: 1000\nSHA256: {'0' * 64}\n\n"
)
ROLE = {
    "__init__.py": '"""What a site\'s own role may do."""\n\nARCHITECTURES = ("x86_64",)\n',
    "params.py": "from pydantic import BaseModel\n\n\nclass Params(BaseModel):\n"
    "    commands: list[str] = []\n    packages: list[str] = []\n    update: bool = False\n",
    "checks.py": "def checks(params, context):\n    return []\n",
    "deploy.py": "from pyinfra.operations import apt, server\n\n\ndef deploy(params, context):\n"
    "    if params.update:\n        apt.update(name='Package lists')\n"
    "    if params.packages:\n        apt.packages(name='Packages', packages=params.packages)\n"
    "    for command in params.commands:\n        server.shell(name=command, commands=[command])\n",
}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Return the two machines."""
    trees.ensure(lambda _: None, frozenset({"x86_64"}))
    lab = Lab(trees.root("x86_64"), tmp_path_factory.mktemp("luck") / "lab")
    try:
        for name, number in NUMBERS.items():
            lab.start(name, number)
        yield lab
    finally:
        lab.stop()


@pytest.fixture(scope="module")
def roles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site's roles folder with a role that does what it is told."""
    folder = tmp_path_factory.mktemp("site") / "roles"
    (folder / "trial").mkdir(parents=True)
    for name, text in ROLE.items():
        (folder / "trial" / name).write_text(text)
    return folder


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep what is learned out of the user's cache."""
    monkeypatch.setattr("gigaworks.roles.learned.cache", lambda: tmp_path)


def run(lab: Lab, roles: Path, call: RoleCall | None = None, user: str = "root", **params: Any) -> HostResult:
    """Apply role trial, or another one, on the unlucky machine; the lucky one beside it is done, and not later."""
    targets = [
        Target(
            name=name, address=f"10.99.1.{number}", key_file=str(lab.key_file), known_hosts=str(lab.known_hosts),
            arch="x86_64", user=user if name == "unlucky" else "root", roles_folder=str(roles),
            roles=[call or RoleCall(role="trial", params=params) if name == "unlucky" else RoleCall(role="trial")],
            context=Context(
                name=name, address="", arch="x86_64", nics=[], routes=[], accelerators=None, bricks=[], mounts=[],
                peer=None, site=runner.NOWHERE,
            ),
        )
        for name, number in NUMBERS.items()
    ]  # fmt: skip
    with lab.entered():
        results = runner.run(targets, "apply", host_seconds=60)
    assert results["lucky"].ok, results["lucky"].error
    return results["unlucky"]


def trouble(result: HostResult) -> Problem:
    """Return what is wrong with the machine."""
    assert result.error is not None
    assert not result.ok
    return result.error


def changed(result: HostResult) -> list[str]:
    """Return the operations that changed something."""
    return [operation.name for operation in result.operations if operation.change]


def test_sudo_wants_a_password(lab: Lab, roles: Path) -> None:
    """A user who may not become root without a password: one execution, and the message says what to allow."""
    machine = lab.machines["unlucky"]
    machine.run("useradd -m -s /bin/sh ada; cp -r /root/.ssh /home/ada; chown -R ada: /home/ada")
    words = "sudo: a password is required"  # the trees have no sudo: this one says and returns what it would
    machine.run(f"printf '#!/bin/sh\\necho {words} >&2\\nexit 1\\n' >/usr/bin/sudo; chmod 755 /usr/bin/sudo")
    result = run(lab, roles, user="ada", commands=["true"])
    assert (trouble(result).id, result.remote_executions) == ("NODE-SHELL", 1)
    assert words in trouble(result).detail
    assert "sudo without one" in trouble(result).fix


def test_no_room_left(lab: Lab, roles: Path) -> None:
    """The operation that found no room is named; no half file is left; with room again the next run goes through."""
    machine = lab.machines["unlucky"]
    call = RoleCall(role="kernel", params={"sysctl": {"net.core.somaxconn": 4444}})
    machine.run(
        "mkdir -p /etc/sysctl.d; mount -t tmpfs -o size=4k none /etc/sysctl.d; yes | head -c 4096 >/etc/sysctl.d/full"
    )
    try:
        problem = trouble(run(lab, roles, call))
        assert (problem.id, "df -h" in problem.fix) == ("NODE-COMMAND", True)
        assert "role kernel · Sysctl at start" in problem.detail
        assert "No space left on device" in problem.detail
        assert machine.run("ls -A /etc/sysctl.d") == "full\n"
    finally:
        machine.run("umount /etc/sysctl.d")
    assert changed(run(lab, roles, call)) == ["Sysctl at start", "Sysctl now"]


def test_package_mirror_down(lab: Lab, roles: Path) -> None:
    """A package that the mirror is known to have and does not hand out: look at the mirror, not at the name."""
    root = Path(f"/proc/{lab.machines['unlucky'].init}/root")
    (root / "etc/apt/sources.list").write_text(f"deb [trusted=yes] http://{MIRROR}/debian ./\n")
    (root / f"var/lib/apt/lists/{MIRROR}_debian_._Packages").write_text(PACKAGE)
    problem = trouble(run(lab, roles, packages=["hello-there"]))
    assert problem.id == "NODE-COMMAND"
    assert "role trial · Packages" in problem.detail
    assert "Failed to fetch" in problem.detail
    assert "mirror" in problem.fix
    assert "does not answer" in problem.fix


def test_dpkg_lock_held(lab: Lab, roles: Path) -> None:
    """Another package run holds dpkg's lock: it is named, nothing waits, and the next run goes through."""
    root = Path(f"/proc/{lab.machines['unlucky'].init}/root")
    with (root / "var/lib/dpkg/lock-frontend").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        problem = trouble(run(lab, roles, packages=["hello-there"]))
    assert problem.id == "NODE-COMMAND"
    assert "lock-frontend" in problem.detail
    assert "wait for its end" in problem.fix


def test_ssh_dropped_in_mid_operation(lab: Lab, roles: Path) -> None:
    """The operation that ran is named, what was done before is told, nothing behind it runs, the next run repairs."""
    machine = lab.machines["unlucky"]
    commands = ["touch /before", "touch /begun; sleep 2; touch /ended", "touch /behind"]

    def drop() -> None:
        while not Path(f"/proc/{machine.init}/root/begun").exists():
            time.sleep(0.05)
        machine.run("pkill -9 -f '^sshd-session: root@'")

    thread = threading.Thread(target=drop)
    thread.start()
    result = run(lab, roles, commands=commands)
    thread.join()
    assert trouble(result).id == "SSH-BROKEN"
    assert f"role trial · {commands[1]}" in trouble(result).detail
    assert changed(result) == [commands[0]]
    time.sleep(2.5)
    assert machine.run("ls / | grep -e before -e begun -e behind") == "before\nbegun\n"
    assert changed(run(lab, roles, commands=commands)) == commands


def test_clock_wrong_by_a_year(lab: Lab, roles: Path) -> None:
    """A mirror that is a year ahead of the node's clock is the clock's trouble: the message says so."""
    root = Path(f"/proc/{lab.machines['unlucky'].init}/root")
    (root / "srv/mirror").mkdir(parents=True)
    (root / "srv/mirror/Packages").write_text("")
    empty = hashlib.sha256(b"").hexdigest()
    ahead = datetime.now(UTC) + timedelta(days=365)
    release = f"Date: {ahead:%a, %d %b %Y %H:%M:%S UTC}\nSHA256:\n {empty} 0 Packages\n"
    (root / "srv/mirror/Release").write_text(release)
    (root / "etc/apt/sources.list").write_text("deb [trusted=yes] file:/srv/mirror ./\n")
    problem = trouble(run(lab, roles, update=True))
    assert problem.id == "NODE-COMMAND"
    assert "not valid yet" in problem.detail
    assert "clock" in problem.fix


def test_a_host_that_talks_nonsense(lab: Lab, roles: Path) -> None:
    """A node whose shell answers with noise: told as such, and nothing of it is taken for an answer."""
    machine = lab.machines["unlucky"]
    machine.run("useradd -m -s /usr/bin/noise babel; cp -r /root/.ssh /home/babel; chown -R babel: /home/babel")
    machine.run("printf '#!/bin/sh\\nhead -c 100000 /dev/urandom\\n' >/usr/bin/noise; chmod 755 /usr/bin/noise")
    problem = trouble(run(lab, roles, user="babel", commands=["true"]))
    assert problem.id == "NODE-SHELL"
    assert problem.detail.isprintable()
