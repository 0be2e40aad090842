"""The root of a benchmark's machines: a Debian with Python, which only Ansible needs. Built once, kept in the cache."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

from gigaworks.inventory.folder import cache
from gigaworks.inventory.lab import debian
from gigaworks.inventory.lab.packages import Recipe

RECIPE = Recipe(
    name="benchmark",
    arch="x86_64",
    debian_arch="amd64",
    packages=("curl", "iproute2", "lldpd", "openssh-server", "procps", "python3", "python3-apt", "sudo"),
)


def ensure() -> Path:
    """Return the tree's root, built where it is missing: a minute."""
    folder = cache() / "benchmark" / RECIPE.key
    if not folder.exists():
        work = folder.with_name(f".{folder.name}.new")
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(parents=True)
        command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
        subprocess.run([*command, sys.executable, "-m", __name__, str(work)], stdout=sys.stderr, check=True)
        (work / "root/etc/sysctl.conf").touch()
        (work / "root/usr/sbin/policy-rc.d").unlink(missing_ok=True)
        work.rename(folder)
    return folder / "root"


if __name__ == "__main__":
    debian.build(RECIPE, Path(sys.argv[1]))
