"""Play what a person types: every command in this process or a shell, and what is then seen."""

from __future__ import annotations

import io
import re
import shlex
import subprocess
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from gigaworks.cli.main import run
from gigaworks.cli.views.screen import Screen, Stream

REDACTED = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<sha256>"),
    (re.compile(r"\b[0-9a-f]{12}…"), "<sha>…"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?Z?)?"), "<time>"),
    (re.compile(r"in \d+\.\d s"), "in <seconds> s"),
    (re.compile(r"\b[0-9a-f]{40}\b"), "<commit>"),
    (re.compile(r"\b(?=[0-9a-f]*[0-9])[0-9a-f]{7}\b"), "<commit>"),
    (re.compile(r"[ \t]+$", re.MULTILINE), ""),
)


def sit_down(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in ``folder``, as a person whose environment says nothing."""
    monkeypatch.chdir(folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / ".cache"))
    for name in ("CI", "GITHUB_ACTIONS", "GITLAB_CI", "NO_COLOR", "FORCE_COLOR", "SUDO_UID"):
        monkeypatch.delenv(name, raising=False)
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Ada")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "ada@demo.example")
        monkeypatch.setenv(f"GIT_{role}_DATE", "2026-11-22T14:03:00Z")


def play(command: str, folder: Path) -> tuple[int, str]:
    """Run ``gigaworks …`` in this process, anything else in a shell; return its exit code and what it printed."""
    program, _, arguments = command.partition(" ")
    if program == "gigaworks":
        file = io.StringIO()
        stream = Stream(file, width=110)
        with redirect_stdout(file), redirect_stderr(file):  # Click prints its help pages itself
            code = run(shlex.split(arguments), Screen(stream, stream))
        text = file.getvalue()
    else:
        shell = ["sh", "-c", command]
        done = subprocess.run(shell, capture_output=True, text=True, timeout=60, check=False)
        code, text = done.returncode, done.stdout + done.stderr
    return code, text.replace(str(folder), "<here>")


def redacted(text: str) -> str:
    """Return ``text`` with words for digests, commits, times and seconds, and no spaces at the end of lines."""
    for pattern, instead in REDACTED:
        text = pattern.sub(instead, text)
    return text
