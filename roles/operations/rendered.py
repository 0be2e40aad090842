"""A file with given content that replaces the old one only after its own program has judged it."""

from __future__ import annotations

import difflib
import shlex
from collections.abc import Generator
from pathlib import PurePosixPath

from pyinfra import host
from pyinfra.api import StringCommand, operation

from gigaworks.roles.facts.file_text import FileText, Text
from gigaworks.roles.operations import noted


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
    yield StringCommand("\n".join(steps), _stdin=content)


def _difference(path: str, old: list[str], new: list[str]) -> str:
    lines = difflib.unified_diff(old, new, path if old else "/dev/null", path, n=1, lineterm="")
    return "\n".join(lines) or f"{path}: mode, owner or last line end"
