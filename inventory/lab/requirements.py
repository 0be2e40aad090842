"""What a computer needs to run a lab, and how to give it what it lacks."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

from gigaworks.inventory.lab import binfmt
from gigaworks.inventory.lab.debian import KEYRING
from gigaworks.inventory.problem import Problem

_TOOLS = {  # program → Debian package
    "dnsmasq": "dnsmasq-base", "ip": "iproute2", "mmdebstrap": "mmdebstrap", "dpkg-query": "dpkg", "perl": "perl",
    "nsenter": "util-linux", "unshare": "util-linux",
}  # fmt: skip
_CAPABILITIES = {"CAP_NET_ADMIN": 12, "CAP_SYS_CHROOT": 18, "CAP_SYS_ADMIN": 21, "CAP_SYS_BOOT": 22, "CAP_MKNOD": 27}
_NAMESPACES = "ip link add lab0 type bridge && ip link add lab1 type veth peer name lab2 && mount -t tmpfs lab /mnt"


def missing() -> list[Problem]:
    """Return everything that this computer lacks, with what to do about it."""
    if os.geteuid() != 0:
        return [Problem("The lab needs root", "it makes namespaces, mounts and network interfaces", "use sudo")]
    problems = []
    held = int(re.findall(r"^CapEff:\s*(\w+)", Path("/proc/self/status").read_text(), re.MULTILINE)[0], 16)
    lost = [name for name, bit in _CAPABILITIES.items() if not held >> bit & 1]
    if lost:
        fix = "run it outside the container, or give the container these capabilities"
        problems.append(Problem("Root has too few rights here", f"{', '.join(lost)} not held", fix))
    packages = {package for tool, package in _TOOLS.items() if shutil.which(tool) is None}
    if not KEYRING.exists():
        packages.add("debian-archive-keyring")
    if any(binfmt.foreign(arch) and binfmt.interpreter(arch) is None for arch in ("x86_64", "aarch64", "riscv64")):
        packages.add("qemu-user-static")
    if packages:
        fix = f"apt-get install {' '.join(sorted(packages))}"
        problems.append(Problem("Packages are missing", f"not installed: {', '.join(sorted(packages))}", fix))
    if not lost and not packages:
        problems += _kernel()
    return problems


def _kernel() -> list[Problem]:
    """Try what only the kernel can answer."""
    problems = []
    command = ["unshare", "--mount", "--net", "--uts", "--ipc", "--pid", "--fork", "sh", "-c", _NAMESPACES]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    if done.returncode:
        fix = "use a kernel with namespaces, bridge and veth, outside a container that forbids them"
        problems.append(Problem("Namespaces cannot be made here", done.stderr.strip(), fix))
    known = Path("/proc/filesystems").read_text().split()
    wanted = {"overlay": "the switches' file systems", "fuse": "the distributed file system on nodes"}
    problems += [
        Problem("The kernel lacks a file system", f"{kind} is needed for {use}", f"modprobe {kind}")
        for kind, use in wanted.items()
        if kind not in known
    ]
    if not binfmt.PLACE.is_dir():
        use = "aarch64 and riscv64 machines cannot run: the kernel has no binfmt_misc"
        problems.append(Problem("The kernel cannot run foreign programs", use, "modprobe binfmt_misc"))
    return problems
