"""The cached trees and images that the lab's machines start from."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import msgspec

from gigaworks.inventory.blueprint import Arch
from gigaworks.inventory.canonical import pretty, write_whole
from gigaworks.inventory.folder import cache
from gigaworks.inventory.lab import binfmt
from gigaworks.inventory.lab.packages import RECIPES, Recipe
from gigaworks.inventory.problem import GigaworksError, Problem

Emit = Callable[[str], None]
_LIMIT_S = 1800


class Tree(msgspec.Struct, frozen=True, kw_only=True):
    """A finished tree. ``packages`` maps package to version."""

    name: str
    arch: Arch
    packages: dict[str, str]


def folder(name: str) -> Path:
    """Return where a tree lies in the cache: ``root``, ``tree.json``, a node's ``image.tar``."""
    return cache() / "trees" / RECIPES[name].key


def root(name: str) -> Path:
    """Return the root folder of a tree; it is never written to."""
    return folder(name) / "root"


def image(arch: Arch) -> Path:
    """Return the golden image of an architecture, an uncompressed tar."""
    return folder(arch) / "image.tar"


def read(name: str) -> Tree | None:
    """Return what is known of a tree, or None where it is not built yet."""
    try:
        return msgspec.json.decode((folder(name) / "tree.json").read_bytes(), type=Tree)
    except (FileNotFoundError, msgspec.DecodeError):
        return None


def ensure(emit: Emit, names: frozenset[str] = frozenset(RECIPES)) -> None:
    """Build the trees that are not in the cache, side by side; a line per step goes to ``emit``.

    Raises:
        GigaworksError: a tree cannot be built; every one that failed is told.
    """
    todo = [RECIPES[name] for name in sorted(names) if read(name) is None]
    if not todo:
        emit(f"machine trees are there: {', '.join(sorted(names))}")
        return
    with _lock(emit), ThreadPoolExecutor(len(todo)) as pool:
        problems = [problem for problem in pool.map(lambda recipe: _build(recipe, emit), todo) if problem]
    if problems:
        raise GigaworksError(*problems)


def _build(recipe: Recipe, emit: Emit) -> Problem | None:
    if read(recipe.name) is not None:  # another process built it while we waited for the lock
        return None
    began = time.monotonic()
    target = folder(recipe.name)
    work = target.with_name(f".{target.name}.new")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    command = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command += [sys.executable, "-m", "gigaworks.inventory.lab.debian", recipe.name, str(work)]
    last = ""
    try:
        with subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        ) as process:
            for line in process.stdout or ():
                last = f"{last}{line}" if last.startswith("failed") else line
                emit(f"{recipe.name}: {line.rstrip()}")
        if process.returncode:
            return Problem(
                "A machine tree cannot be built",
                f"{recipe.name}: {last.removeprefix('failed: ').strip()}",
                "see that the Debian mirror of this computer's apt configuration answers, then try again",
                subject=recipe.name,
            )
        emit(f"{recipe.name}: packing")
        _finish(recipe, work)
        shutil.rmtree(target, ignore_errors=True)
        work.rename(target)
    finally:
        binfmt.remove(work)
        shutil.rmtree(work, ignore_errors=True)
    emit(f"{recipe.name}: ready after {time.monotonic() - began:.0f} s")
    return None


def _finish(recipe: Recipe, work: Path) -> None:
    """Pack a node's image and write down what is in the tree."""
    if recipe.name == recipe.arch:
        command = ["tar", "--create", "--sort=name", "--numeric-owner", f"--directory={work / 'root'}"]
        command += [f"--file={work / 'image.tar'}", "."]
        subprocess.run(command, check=True, timeout=_LIMIT_S, capture_output=True)
    query = ["dpkg-query", f"--admindir={work / 'root/var/lib/dpkg'}", "-W", "-f", "${Package} ${Version}\\n"]
    listed = subprocess.run(query, check=True, timeout=60, capture_output=True, text=True).stdout
    packages = dict(line.split(" ") for line in listed.splitlines())
    write_whole(work / "tree.json", pretty(Tree(name=recipe.name, arch=recipe.arch, packages=packages)))


@contextmanager
def _lock(emit: Emit) -> Iterator[None]:
    """Let one process at a time build trees."""
    path = cache() / "trees" / ".lock"
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            emit("waiting for another process that builds machine trees")
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
