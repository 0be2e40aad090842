"""A real FRR in namespaces of its own, and a shell in it that stands for SSH."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Self

import pytest

from gigaworks.inventory.problem import Problem
from gigaworks.inventory.remote import RemoteError

_START = """
mount --make-rprivate /
for folder in /etc/frr /run/frr; do mkdir -p $folder; mount -t tmpfs none $folder; chown frr:frr $folder; done
printf 'bgpd=no\\nzebra=yes\\n' > /etc/frr/daemons
touch /etc/frr/vtysh.conf /etc/frr/frr.conf
ip link set lo up
for port in swp1 swp2; do ip link add $port type veth peer name far-$port; ip link set far-$port up; done
sysctl -qw net.ipv4.ip_forward=1
/usr/lib/frr/zebra -d -A 127.0.0.1 -s 90000000
/usr/lib/frr/bgpd -d -A 127.0.0.1
/usr/lib/frr/staticd -d -A 127.0.0.1
exec sleep 600
"""


class Shell:
    """What ``Remote`` is to a switch, without the network in between."""

    def __init__(self, pid: int) -> None:
        self.name = "leaf-1"
        self.pid = pid

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def attempt(self, command: str, data: bytes | None = None, timeout: float = 60) -> tuple[int, str, str]:
        """As Remote's."""
        done = subprocess.run(
            ["nsenter", "-t", str(self.pid), "-n", "-m", "-p", "sh", "-c", command],
            input=data or b"",
            capture_output=True,
            timeout=timeout,
            check=False,
        )
        return done.returncode, done.stdout.decode(), done.stderr.decode()

    def run(self, command: str, data: bytes | None = None, timeout: float = 60) -> str:
        """As Remote's."""
        status, out, err = self.attempt(command, data, timeout)
        if status:
            raise RemoteError(Problem("failed", f"{command}: {err or out}"), status)
        return out

    def write(self, path: str, data: bytes, mode: int = 0o644) -> None:
        """As Remote's."""
        self.run(f"cat > {path} && chmod {mode:o} {path}", data)


@contextmanager
def running_frr() -> Iterator[Shell]:
    """Run zebra, bgpd and staticd with an empty configuration and two ports, swp1 and swp2."""
    if os.geteuid() or not shutil.which("vtysh") or not shutil.which("nsenter"):
        pytest.skip("needs root and FRR on this computer")
    process = subprocess.Popen(["unshare", "-n", "-m", "-p", "-f", "--mount-proc", "sh", "-ec", _START])
    try:
        children = f"/proc/{process.pid}/task/{process.pid}/children"
        deadline = time.monotonic() + 20
        shell = None
        while time.monotonic() < deadline:
            inside = open(children).read().split()  # noqa: PTH123, SIM115
            if inside:
                shell = Shell(int(inside[0]))
                if "bgpd" in shell.attempt("vtysh -c 'show daemons'")[1]:
                    break
            time.sleep(0.2)
        assert shell is not None, "FRR did not start"
        yield shell
    finally:
        for pid in open(children).read().split():  # noqa: PTH123, SIM115
            os.kill(int(pid), signal.SIGKILL)
        process.wait(10)
