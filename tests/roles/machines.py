"""Machines for these tests: Debian trees in namespaces of their own, with a real sshd, on a network of their own."""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)

# In new net, mount, UTS, IPC and PID namespaces: an overlay over the tree, its own /proc, /dev and /run, then PID 1.
START = r"""
set -e
mount --make-rprivate /
mount -t tmpfs tmpfs "$BASE"
mkdir -p "$BASE/up" "$BASE/work" "$BASE/root"
mount -t overlay overlay -o "lowerdir=$TREE,upperdir=$BASE/up,workdir=$BASE/work" "$BASE/root"
cd "$BASE/root"
mount -t proc proc proc
mount -t sysfs -o ro sysfs sys
mount -t tmpfs tmpfs run
mount -t tmpfs -o mode=1777 tmpfs tmp
mount -t tmpfs tmpfs dev
for n in null zero random urandom tty full fuse; do
  [ -e /dev/$n ] && { touch dev/$n; mount --bind /dev/$n dev/$n; }
done
mkdir dev/pts dev/shm run/sshd run/lock
mount -t devpts -o newinstance,ptmxmode=666 devpts dev/pts
ln -s pts/ptmx dev/ptmx
ln -s /proc/self/fd dev/fd
mount --bind proc/sys proc/sys
mount -o remount,bind,ro proc/sys
mount --bind /proc/sys/net proc/sys/net
mkdir -p root/.ssh
cp "$KEYS/id.pub" root/.ssh/authorized_keys
chmod 700 root/.ssh; chmod 600 root/.ssh/authorized_keys; chown -R 0:0 root/.ssh
cp "$KEYS/host-$NAME" etc/ssh/ssh_host_ed25519_key; chmod 600 etc/ssh/ssh_host_ed25519_key
cp "$KEYS/host-$NAME.pub" etc/ssh/ssh_host_ed25519_key.pub
rm -f etc/ssh/ssh_host_rsa* etc/ssh/ssh_host_ecdsa* usr/sbin/policy-rc.d
hostname booting
ip link set lo up
echo ready >"$BASE.ready"
read -r _ <"$BASE.go"
mkdir -p old
pivot_root . old
exec chroot . /usr/bin/setpriv --bounding-set -sys_time,-sys_module,-sys_rawio sh -c '
  umount -l /old; mkdir -p /var/log/lldpd; /etc/init.d/ssh start >/dev/null; while :; do sleep 1; done' </dev/null
"""


@dataclass
class Machine:
    """A running machine."""

    name: str
    address: str
    process: subprocess.Popen[bytes]
    init: int  # its PID 1, seen from here

    def run(self, command: str) -> str:
        """Run shell text inside, behind Gigaworks' back; return stdout."""
        return subprocess.run(
            ["nsenter", "-a", "-r", "-w", "-t", str(self.init), "sh", "-c", command],
            check=True, capture_output=True, text=True, timeout=60,
        ).stdout  # fmt: skip


class Lab:
    """Some machines and the controller's side of their network."""

    def __init__(self, tree: Path, folder: Path) -> None:
        self.tree, self.folder = tree, folder
        self.keys = folder / "keys"
        self.keys.mkdir(parents=True)
        _keygen(self.keys / "id")
        self.key_file, self.known_hosts = self.keys / "id", folder / "known_hosts"
        self.known_hosts.write_text("")
        self.machines: dict[str, Machine] = {}
        self.controller = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        _wait(lambda: Path(f"/proc/{self.controller.pid}/comm").read_text().strip() == "sleep", "the controller")
        self._ip(
            "link set lo up", "link add mgmt0 type bridge", "address add 10.99.1.1/24 dev mgmt0", "link set mgmt0 up"
        )

    def start(self, name: str, number: int) -> Machine:
        """Start a machine with address 10.99.1.NUMBER and wait for its sshd."""
        _keygen(self.keys / f"host-{name}")
        base = self.folder / name
        base.mkdir()
        os.mkfifo(f"{base}.go")
        process = subprocess.Popen(
            ["unshare", "--net", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child", "sh", "-c", START],
            stderr=subprocess.DEVNULL,
            env={
                "BASE": str(base),
                "TREE": str(self.tree),
                "KEYS": str(self.keys),
                "NAME": name,
                "PATH": os.environ["PATH"],
            },
        )
        _wait(lambda: Path(f"{base}.ready").exists() or process.poll() is not None, f"{name}'s root")
        init = int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
        machine = Machine(name, f"10.99.1.{number}", process, init)
        self._ip(f"link add v{number} type veth peer name eth0 netns {init}", f"link set v{number} master mgmt0 up")
        for command in (f"address add {machine.address}/24 dev eth0", "link set eth0 up"):
            subprocess.run(["nsenter", "-n", "-t", str(init), "ip", *command.split()], check=True, timeout=10)
        Path(f"{base}.go").write_text("go\n")
        key = (self.keys / f"host-{name}.pub").read_text().split()
        with self.known_hosts.open("a") as file:
            file.write(f"{name},{machine.address} {key[0]} {key[1]}\n")
        _wait(lambda: self._listens(machine), f"{name}'s sshd")
        self.machines[name] = machine
        return machine

    def cable(self, a: tuple[str, str], b: tuple[str, str]) -> None:
        """Join two machines' NICs, made for it."""
        (left, left_nic), (right, right_nic) = a, b
        subprocess.run(
            ["nsenter", "-n", "-t", str(self.machines[left].init), "ip", "link", "add", left_nic, "type", "veth",
             "peer", "name", right_nic, "netns", str(self.machines[right].init)],
            check=True, timeout=10,
        )  # fmt: skip

    @contextmanager
    def entered(self) -> Iterator[None]:
        """Be in the controller's network namespace."""
        with (
            Path("/proc/thread-self/ns/net").open() as own,
            Path(f"/proc/{self.controller.pid}/ns/net").open() as theirs,
        ):
            _setns(theirs.fileno())
            try:
                yield
            finally:
                _setns(own.fileno())

    def stop(self) -> None:
        """End everything; namespaces and mounts go with their processes."""
        for machine in self.machines.values():
            os.kill(machine.init, signal.SIGKILL)
            machine.process.wait(10)
        self.controller.kill()
        self.controller.wait(10)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _listens(self, machine: Machine) -> bool:
        out = subprocess.run(
            ["nsenter", "-n", "-t", str(machine.init), "ss", "-Hltn", "sport = :22"],
            capture_output=True, text=True, timeout=10, check=False,
        )  # fmt: skip
        return "LISTEN" in out.stdout

    def _ip(self, *commands: str) -> None:
        for command in commands:
            subprocess.run(
                ["nsenter", "-n", "-t", str(self.controller.pid), "ip", *command.split()], check=True, timeout=10
            )


def _keygen(path: Path) -> None:
    arguments: Sequence[str] = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)]
    subprocess.run(arguments, check=True, timeout=10)


def _setns(descriptor: int) -> None:
    if _libc.setns(descriptor, CLONE_NEWNET):
        raise OSError(ctypes.get_errno(), "setns")


def _wait(ready: object, what: str, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not ready():  # type: ignore[operator]
        if time.monotonic() > end:
            raise TimeoutError(what)
        time.sleep(0.02)
