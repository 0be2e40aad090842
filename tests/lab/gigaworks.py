"""The real command, run as a person or a pipeline would, on a site folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

COMMAND = Path(sys.executable).with_name("gigaworks")
LIMIT_S = 900


class Site:
    """A site called ``demo`` in a folder of its own; commands run beside it, as the README shows them."""

    def __init__(self, home: Path) -> None:
        self.home, self.root = home, home / "demo"
        self.environment = {**os.environ, "NO_COLOR": "1", "COLUMNS": "160"}
        self.typed: list[str] = []

    def run(self, *arguments: str, code: int = 0) -> str:
        """Run a command, insist on its exit code, and return what it wrote to stdout."""
        self.typed.append(" ".join(["gigaworks", *arguments]))
        done = subprocess.run(
            [COMMAND, *arguments],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=LIMIT_S,
            check=False,
        )
        assert done.returncode == code, f"{self.typed[-1]}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def read(self, *arguments: str, code: int = 0) -> dict[str, Any]:
        """Run a command that answers with one JSON document."""
        found: dict[str, Any] = json.loads(self.run(*arguments, "--json", code=code))
        return found

    def lines(self, *arguments: str, code: int = 0) -> list[dict[str, Any]]:
        """Run a command that answers with JSON lines."""
        return [json.loads(line) for line in self.run(*arguments, "--json", code=code).splitlines()]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start a command in a process group of its own, so that it can be killed as a whole."""
        return subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def states(self) -> dict[str, str]:
        """Return the state of every node."""
        return {node["name"]: node["state"] for node in self.read("status", "demo")["nodes"]}

    def edit(self, file: str, before: str, after: str) -> None:
        """Change a site file as an editor would."""
        path = self.root / file
        text = path.read_text(encoding="utf-8")
        assert before in text
        path.write_text(text.replace(before, after, 1), encoding="utf-8")

    def git(self, *arguments: str) -> None:
        """Run git in the site folder, as an SRE with a name."""
        who = ["-c", "user.name=SRE", "-c", "user.email=sre@demo.internal"]
        subprocess.run(["git", *who, *arguments], cwd=self.root, capture_output=True, timeout=60, check=True)


def reach(process: subprocess.Popen[str], moment: tuple[str, str, str]) -> None:
    """Read a command's JSON lines up to the one of a kind and subject that tells of ``moment``'s last word."""
    kind, subject, word = moment
    assert process.stdout is not None
    for text in process.stdout:
        if text.startswith("{"):
            line = json.loads(text)
            told = [line.get("message", ""), *map(str, line.get("data", {}).values())]
            if (line["type"], line.get("subject")) == (kind, subject) and any(each.startswith(word) for each in told):
                return
    raise AssertionError(f"{moment} never came; exit {process.wait(LIMIT_S)}")


def kill(process: subprocess.Popen[str], number: signal.Signals, moment: tuple[str, str, str]) -> int:
    """Signal a command's whole process group when it tells of a moment; return its exit status."""
    reach(process, moment)
    os.killpg(process.pid, number)
    process.communicate(timeout=LIMIT_S)
    return process.returncode
