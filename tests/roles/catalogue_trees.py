"""Debian trees with the programs of the whole catalogue, for these tests: the lab's own nodes have fewer.

``python catalogue_trees.py ARCH FOLDER`` builds one; expects to be alone in its mount and PID namespaces.
"""

from __future__ import annotations

import fcntl
import shutil
import subprocess
import sys
from pathlib import Path

import msgspec

from gigaworks.inventory.folder import cache
from gigaworks.inventory.lab import debian
from gigaworks.inventory.lab.packages import NODE, RECIPES, Recipe

PROGRAMS = ("auditd", "munge", "nftables", "slurm-client", "slurmd", "sudo")
JUDGES = ("containerd", "frr", "frr-pythontools", "slurmctld")  # of roles that no foreign machine runs here


def recipe(arch: str) -> Recipe:
    """Return what a tree consists of."""
    packages = (*NODE, *PROGRAMS, *(JUDGES if arch == "x86_64" else ()))
    return msgspec.structs.replace(RECIPES[arch], packages=packages)


def root(arch: str) -> Path:
    """Return the root folder of a tree, built where it is not in the cache."""
    wanted = recipe(arch)
    target = cache() / "trees" / f"catalogue-{wanted.key}"
    target.parent.mkdir(parents=True, exist_ok=True)
    with (target.parent / f".catalogue-{arch}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            work = target.with_name(f".{target.name}.new")
            shutil.rmtree(work, ignore_errors=True)
            work.mkdir()
            command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
            subprocess.run([*command, sys.executable, __file__, arch, str(work)], check=True, timeout=1200)
            work.rename(target)
    return target / "root"


if __name__ == "__main__":
    debian.build(recipe(sys.argv[1]), Path(sys.argv[2]))
