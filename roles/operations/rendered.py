"""A file with given content that replaces the old one only after its own program has judged it."""

from __future__ import annotations

import difflib
import hashlib
import shlex
from collections.abc import Generator
from pathlib import PurePosixPath

from pyinfra import host
from pyinfra.api import StringCommand, operation

from gigaworks.roles.facts.file_digest import Digest, FileDigest
from gigaworks.roles.facts.file_text import FileText, Text
from gigaworks.roles.operations import noted
from gigaworks.roles.secret import Secret


@operation()
def rendered_file(
    path: str, content: str, mode: str = "644", owner: str = "root:root", judge: str = ""
) -> Generator[StringCommand]:
    """Put a text file in place, whole, after ``judge`` accepted it.

    + path: where it belongs; missing folders are made
    + content: the whole text
    + mode: octal, no leading zero
    + owner: ``user:group``
    + judge: shell text that fails on a bad file; ``{}`` stands for the candidate, e.g. ``sshd -t -f {}``
    """
    state = host.get_fact(FileText, path=path)
    lines = content.removesuffix("\n").split("\n") if content else []
    if state == Text(mode, owner, len(content.encode()), lines):
        host.noop(f"{path} is as rendered")
        return
    noted.difference(_difference(path, state.lines if state else [], lines))
    yield StringCommand(_put(path, mode, owner, judge), _stdin=content)


@operation()
def secret_file(
    path: str, secret: Secret, mode: str = "600", owner: str = "root:root", judge: str = ""
) -> Generator[StringCommand]:
    """Put a file in place whose content is shown nowhere: neither in the plan nor in a command or its arguments.

    + path, mode, owner, judge: as for ``rendered_file``
    + secret: the whole content
    """
    state = host.get_fact(FileDigest, path=path)
    wanted = Digest(mode, owner, hashlib.sha256(secret.content).hexdigest())
    if state == wanted:
        host.noop(f"{path} is as declared")
        return
    same = state is not None and state.sha256 == wanted.sha256
    noted.difference(f"{path}: mode or owner" if same else f"{path}: content, which is secret")
    yield StringCommand(_put(path, mode, owner, judge), _stdin=secret.content)  # type: ignore[arg-type] # our connector takes bytes


def _put(path: str, mode: str, owner: str, judge: str) -> str:
    """Return shell text that puts its standard input in place; the file is its owner's alone until it is judged."""
    where = PurePosixPath(path)
    steps = [
        "set -e",
        f"mkdir -p {shlex.quote(str(where.parent))}",
        f"t=$(mktemp {shlex.quote(str(where.parent / '.gigaworks.XXXXXX'))})",
        "trap 'rm -f \"$t\"' EXIT",
        'cat >"$t"',
        *([judge.replace("{}", '"$t"') + " >&2"] if judge else []),
        f'chown {shlex.quote(owner)} "$t"',
        f'chmod {mode} "$t"',
        f'mv -f "$t" {shlex.quote(path)}',
    ]
    return "\n".join(steps)


def _difference(path: str, old: list[str], new: list[str]) -> str:
    lines = difflib.unified_diff(old, new, path if old else "/dev/null", path, n=1, lineterm="")
    return "\n".join(lines) or f"{path}: mode, owner or last line end"
