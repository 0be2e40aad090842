"""Hundreds of machines on this computer, cheap and all alike: namespaces, an overlay over one tree, a real sshd.

The process that makes them is the controller: its network namespace is the other end of every cable, and every
machine ends with it. Needs root.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from gigaworks.inventory.lab import linux

GATEWAY = "10.77.0.1"
TABLE = Path("/proc/sys/net/ipv4/neigh/default")  # one for all network namespaces; 1,024 entries where nobody raised it
DEVICES = {"null": (1, 3), "zero": (1, 5), "full": (1, 7), "random": (1, 8), "urandom": (1, 9), "tty": (5, 0)}
SSHD = ["/usr/sbin/sshd", "-D", "-e", "-o", "LogLevel=VERBOSE"]
ENVIRONMENT = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Member:
    """A machine; ``log`` is what its sshd says."""

    name: str
    address: str
    number: int
    init: int  # its PID 1, seen from here
    log: Path


def isolate(hosts: int) -> None:
    """Leave the computer's network; make room for as many neighbours first, where 250 hosts would not do."""
    for name, entries in (("gc_thresh2", 2 * hosts), ("gc_thresh3", 4 * hosts)):
        if int((TABLE / name).read_text()) < entries:
            (TABLE / name).write_text(str(entries))
    linux.unshare(linux.NEWNET | linux.NEWNS)
    _ip(["link set lo up", f"address add {GATEWAY}/32 dev lo"])


class Crowd:
    """Machines ``node0000`` and on. ``tree`` is their root, never written to; ``keys`` holds ``id`` and ``host``."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self.tree, self.folder = tree, folder
        self.key_file, self.known_hosts = folder / "id", folder / "known_hosts"
        self.members: list[Member] = []
        self._round = 0  # the kernel takes its time to remove the cables of machines that have ended
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "mnt").mkdir(exist_ok=True)
        for name in ("id", "host"):
            if not (folder / name).exists():
                command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "benchmark", "-f", str(folder / name)]
                subprocess.run(command, check=True, timeout=10)

    def start(self, count: int) -> None:
        """Start fresh machines and wait until each answers."""
        self._round += 1
        gates = [self._fork(number) for number in range(count)]
        for gate in gates:
            gate.recv(2)  # its network namespace is there
        lines = []
        for member in self.members:
            cable = f"v{self._round}-{member.number}"
            lines += [
                f"link add {cable} type veth peer name eth0 netns {member.init}",
                f"link set {cable} up",
                f"route replace {member.address}/32 dev {cable} src {GATEWAY}",
            ]
        _ip(lines)
        for gate in gates:
            gate.send(b"go")
            gate.close()
        kind, key = (self.folder / "host.pub").read_text().split()[:2]
        self.known_hosts.write_text("".join(f"{m.name},{m.address} {kind} {key}\n" for m in self.members))
        for member in self.members:
            _await_banner(member.address)

    def spoil(self, dead: str, slow: str, garbling: str) -> None:
        """Stop one machine's every process, delay each command of another by a second, have a third print noise."""
        inits = {member.name: member.init for member in self.members}
        os.kill(inits[dead], signal.SIGSTOP)
        for name, shell in ((slow, "sleep 1; exec /bin/dash"), (garbling, "exec head -c 1000000 /dev/urandom #")):
            root = Path(f"/proc/{inits[name]}/root")
            (root / "usr/bin/spoiled").write_text(f'#!/bin/dash\n{shell} "$@"\n')
            (root / "usr/bin/spoiled").chmod(0o755)
            users = root / "etc/passwd"
            users.write_text(users.read_text().replace("root:/bin/bash", "root:/usr/bin/spoiled", 1))

    def stop(self) -> None:
        """End all machines; namespaces, mounts and cables go with them."""
        for member in self.members:
            os.kill(member.init, signal.SIGKILL)
        for member in self.members:
            os.waitpid(member.init, 0)
            member.log.unlink()
        self.members = []

    def cpu_seconds(self) -> float:
        """Return the CPU time that all machines together have used since they started."""
        return sum(_cpu_ticks(member.init) for member in self.members) / TICKS

    def executions(self) -> list[int]:
        """Return how many commands each machine's sshd has started."""
        return [member.log.read_text(errors="replace").count("Starting session:") for member in self.members]

    def _fork(self, number: int) -> socket.socket:
        """Make a machine in its namespaces, waiting at its gate; return the gate."""
        gate, inner = socket.socketpair()
        name, address = f"node{number:04d}", f"10.77.{1 + number // 250}.{1 + number % 250}"
        log = self.folder / f"{name}.log"
        linux.unshare(linux.NEWPID)
        child = os.fork()
        if child == 0:
            try:
                gate.close()
                self._become(name, address, inner, log)
            except BaseException as error:  # a forked child must never return into its parent's code
                os.write(2, f"{name} cannot be started: {error}\n".encode())
            os._exit(1)
        linux.setns(Path("/proc/self/ns/pid"), linux.NEWPID)  # where our own next children belong
        inner.close()
        self.members.append(Member(name, address, number, child, log))
        return gate

    def _become(self, name: str, address: str, gate: socket.socket, log: Path) -> None:
        linux.die_with_parent(signal.SIGKILL)
        linux.unshare(linux.NEWNS | linux.NEWUTS | linux.NEWIPC | linux.NEWNET)
        os.setsid()
        console = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        gate.send(b"up")
        gate.recv(2)
        _ip(
            [
                "link set lo up",
                f"address add {address}/32 dev eth0",
                "link set eth0 up",
                f"route add default via {GATEWAY} dev eth0 onlink",
            ]
        )
        socket.sethostname(name)
        os.umask(0o022)
        root = self._root()
        (root / "etc/hosts").write_text(f"127.0.0.1 localhost\n{address} {name}\n")
        linux.pivot_root(root)
        os.dup2(os.open("/dev/null", os.O_RDWR), 0)
        os.dup2(console, 1)
        os.dup2(console, 2)
        os.closerange(3, 4096)
        os.execve(SSHD[0], SSHD, ENVIRONMENT)  # noqa: S606 - PID 1 of the machine

    def _root(self) -> Path:
        scratch = self.folder / "mnt"  # the same path in each machine's own mount namespace
        linux.mount("tmpfs", scratch, "tmpfs", linux.NOSUID, "mode=755")
        for name in ("root", "upper", "work"):
            (scratch / name).mkdir()
        root = scratch / "root"
        layers = f"lowerdir={self.tree},upperdir={scratch}/upper,workdir={scratch}/work"
        linux.mount("overlay", root, "overlay", 0, layers)
        flags = linux.NOSUID | linux.NODEV | linux.NOEXEC
        linux.mount("proc", root / "proc", "proc", flags)
        linux.mount("sysfs", root / "sys", "sysfs", flags | linux.RDONLY)
        for name, mode in (("dev", "755"), ("run", "755"), ("tmp", "1777")):
            linux.mount(name, root / name, "tmpfs", linux.NOSUID, f"mode={mode}")
        for name, number in DEVICES.items():
            os.mknod(root / "dev" / name, 0o20666, os.makedev(*number))
            (root / "dev" / name).chmod(0o666)
        for name in ("dev/pts", "dev/shm", "run/sshd", "run/lock"):
            (root / name).mkdir()
        linux.mount("devpts", root / "dev/pts", "devpts", flags & ~linux.NODEV, "newinstance,ptmxmode=666,mode=620")
        for name, target in (("ptmx", "pts/ptmx"), ("fd", "/proc/self/fd")):
            (root / "dev" / name).symlink_to(target)
        ssh, keys = root / "etc/ssh", root / "root/.ssh"
        shutil.copy(self.folder / "host", ssh / "ssh_host_ed25519_key")
        (ssh / "ssh_host_ed25519_key").chmod(0o600)
        keys.mkdir(0o700, exist_ok=True)
        shutil.copy(self.folder / "id.pub", keys / "authorized_keys")
        return root


def _ip(lines: Iterable[str]) -> None:
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines), text=True, check=True, timeout=120)


def _await_banner(address: str, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            with socket.create_connection((address, 22), timeout=2) as connection:
                if connection.recv(4) == b"SSH-":
                    return
        except OSError:
            if time.monotonic() > end:
                raise
        time.sleep(0.02)


def _cpu_ticks(pid: int) -> int:
    """Return what a process, those below it, and all that they waited for have used."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:  # it ended meanwhile
        return 0
    return sum(int(field) for field in fields[11:15]) + sum(_cpu_ticks(int(child)) for child in children)
