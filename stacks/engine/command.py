"""The CLI as a child process: in its own process group, with a time limit, ended gracefully when interrupted."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
import warnings
from collections.abc import Mapping
from pathlib import Path

from pulumi.automation import CommandResult, OnOutput, PulumiCommand
from pulumi.automation.errors import create_command_error
from semver import VersionInfo

from gigaworks.stacks.engine.quiet import VERSION

# When the CLI is killed its event stream breaks off; the SDK warns on stderr, and our verdict says it better
warnings.filterwarnings("ignore", module=r"pulumi\.automation\._stack")

GRACE_S = 120.0  # a graceful end waits for the operations in flight


class Command(PulumiCommand):
    """Runs the one CLI that we know, with exactly the environment given.

    ``interrupted`` tells whether any call was asked to end early.
    """

    def __init__(self, binary: Path, environment: Mapping[str, str], limit_s: float) -> None:
        # not super().__init__: it starts the CLI to ask for the version, which install.py has made sure of
        self.command = str(binary)
        self.version = VersionInfo.parse(VERSION)
        self.interrupted = threading.Event()
        self._environment = dict(environment)
        self._limit_s = limit_s
        self._running: set[subprocess.Popen[str]] = set()

    def run(
        self,
        args: list[str],
        cwd: str,
        additional_env: Mapping[str, str],
        on_output: OnOutput | None = None,
        on_error: OnOutput | None = None,
    ) -> CommandResult:
        """Run the CLI to its end.

        Raises:
            CommandError: its exit code was not 0.

        """
        del on_output, on_error  # what happens is read from events
        environment = {**self._environment, **additional_env, "PULUMI_AUTOMATION_API": "true"}
        process = subprocess.Popen(
            [self.command, "--non-interactive", *args],
            cwd=cwd,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            process_group=0,  # Ctrl-C reaches us only; we pass it on once
        )
        self._running.add(process)
        try:
            out, err = self._wait(process)
        finally:
            self._running.discard(process)
        result = CommandResult(stdout=out, stderr=err, code=process.returncode)
        if result.code:
            raise create_command_error(result)
        return result

    def interrupt(self) -> None:
        """Ask every running call to end: what is in flight is finished, nothing new begun. From any thread."""
        self.interrupted.set()
        for process in list(self._running):
            _signal(process, signal.SIGINT)

    def _wait(self, process: subprocess.Popen[str]) -> tuple[str, str]:
        limit = self._limit_s
        while True:
            try:
                return process.communicate(timeout=limit)
            except KeyboardInterrupt:
                self.interrupt()
                limit = GRACE_S
            except subprocess.TimeoutExpired:
                _signal(process, signal.SIGKILL if self.interrupted.is_set() else signal.SIGINT)
                self.interrupted.set()
                limit = GRACE_S


def _signal(process: subprocess.Popen[str], number: signal.Signals) -> None:
    try:
        os.killpg(process.pid, number)
    except ProcessLookupError:
        return
