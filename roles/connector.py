"""Our pyinfra connector: SSH with strict host keys, one round trip for many facts, and a count of every execution."""

from __future__ import annotations

import functools
import secrets
import shlex
import socket
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import gevent
import paramiko
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.exceptions import ConnectError
from pyinfra.api.util import get_file_io
from pyinfra.connectors.base import BaseConnector
from pyinfra.connectors.util import CommandOutput, OutputLine, make_unix_command, make_unix_command_for_host
from typing_extensions import TypedDict

from gigaworks.inventory.problem import Problem
from gigaworks.roles import known_hosts, trouble
from gigaworks.roles.check import Output
from gigaworks.roles.target import Target

CONNECT_SECONDS = 15
COMMAND_SECONDS = 300  # of an operation that names no limit of its own
BATCH_SECONDS = 180
RSA = ("rsa-sha2-512", "rsa-sha2-256")


class CannotEnterError(ConnectError):
    """The node could not be entered; ``problem`` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.summary}: {problem.detail}")
        self.problem = problem


@functools.cache
def _host_keys(path: str) -> known_hosts.HostKeys:
    return known_hosts.read(Path(path))


@functools.cache
def _private_key(path: str) -> paramiko.PKey:
    return paramiko.PKey.from_path(path)


class NoData(TypedDict):
    """The connector takes everything from its Target, nothing from pyinfra's host data."""


class GigaworksConnector(BaseConnector):
    """Runs commands on one node.

    A fact is told from other commands by ``print_input``, which the worker switches on for facts only: nothing is
    ever printed here. Facts are answered from a cache that any other command empties; ``prefetch`` fills it.
    """

    handles_execution = True
    data_cls = NoData
    data_meta = {}  # noqa: RUF012 - the base class says that it is an instance variable

    def __init__(self, state: Any, host: Any) -> None:
        super().__init__(state, host)
        self.target: Target = host.data.target
        self.executions = 0
        self.asked: dict[str, str] = {}  # raw command of a fact → how it stands in a batch
        self.failure: tuple[str, str] | None = None  # the last command that failed, and what it said
        self._facts: dict[str, CommandOutput] = {}
        self._transport: paramiko.Transport | None = None

    @staticmethod
    def make_names_data(name: str) -> Iterator[tuple[str, dict[str, Any], list[str]]]:
        """Accept ``@gigaworks/NAME`` in a pyinfra inventory; the host data has to hold ``target``."""
        yield name, {}, []

    def connect(self) -> None:
        """Connect, compare the host key, log in.

        Raises:
            CannotEnterError: unreachable, unknown or changed host key, key refused.
        """
        target = self.target
        try:
            known = known_hosts.of(_host_keys(target.known_hosts), target.name, target.address, target.port)
        except OSError as error:
            known = []
            reason = f" ({error})"
        else:
            reason = ""
        if not known:
            raise CannotEnterError(trouble.no_host_key(target, reason))
        try:
            self._enter(known)
        except CannotEnterError:
            self.disconnect()
            raise
        except paramiko.AuthenticationException as error:
            self.disconnect()
            raise CannotEnterError(trouble.refused(target, error)) from error
        except (OSError, EOFError, paramiko.SSHException) as error:
            self.disconnect()
            raise CannotEnterError(trouble.unreachable(target, error)) from error

    def _enter(self, known: list[tuple[str, bytes]]) -> None:
        target = self.target
        sock = socket.create_connection((target.address, target.port), timeout=CONNECT_SECONDS)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, 30_000)
        self._transport = transport = paramiko.Transport(sock)
        transport.banner_timeout = transport.auth_timeout = CONNECT_SECONDS
        wanted = [name for kind, _ in known for name in (RSA if kind == "ssh-rsa" else (kind,))]
        options = transport.get_security_options()
        options.key_types = tuple(kind for kind in options.key_types if kind in wanted) or options.key_types
        transport.start_client(timeout=CONNECT_SECONDS)
        offered = transport.get_remote_server_key()
        if offered.asbytes() not in (key for _, key in known):
            raise CannotEnterError(trouble.other_host_key(target, f"{offered.get_name()} {offered.fingerprint}"))
        transport.auth_publickey(target.user, _private_key(target.key_file))
        transport.set_keepalive(15)

    def disconnect(self) -> None:
        """Close the connection; pyinfra's own connector leaves it open."""
        transport, self._transport = self._transport, None
        if transport is not None:
            transport.close()

    def execute(self, command: str, stdin: bytes = b"", limit: float = BATCH_SECONDS) -> tuple[int, bytes, bytes]:
        """Run shell text on the node; return exit status, stdout and stderr.

        Raises:
            TimeoutError: not done within ``limit`` seconds.
            paramiko.SSHException, OSError: the connection broke.
        """
        if self._transport is None:
            raise paramiko.SSHException("not connected")
        self.executions += 1
        try:
            with gevent.Timeout(limit, TimeoutError(f"no end after {limit:g} s: {command[:200]}")):
                return self._exchange(self._transport, command, stdin)
        except (OSError, EOFError, paramiko.SSHException) as error:
            self.failure = (command, str(error) or type(error).__name__)
            raise

    def _exchange(self, transport: paramiko.Transport, command: str, stdin: bytes) -> tuple[int, bytes, bytes]:
        channel = transport.open_session(timeout=CONNECT_SECONDS)
        try:
            channel.exec_command(command)
            helpers = [
                gevent.spawn(_feed, channel, stdin),
                error := gevent.spawn(channel.makefile_stderr("rb").read),
            ]
            out = channel.makefile("rb").read()
            gevent.joinall(helpers)
            code = channel.recv_exit_status()
            if code < 0:
                raise paramiko.SSHException("the connection broke before the command ended")
            return code, out, error.value or b""
        finally:
            channel.close()

    def batch(self, commands: Sequence[str], limit: float = BATCH_SECONDS) -> list[Output]:
        """Run many commands in one execution, each in a subshell; their stderr is dropped.

        One that breaks the shell takes those behind it along: they come back with code None.
        """
        mark = f"=={secrets.token_hex(8)}=="
        lines = [
            f"printf '%s\\n' '{mark}'\n(\n{command}\n) </dev/null 2>/dev/null\nprintf '\\n%s\\n' \"{mark}$?\"\n"
            for command in commands
        ]
        shell = "sh -s" if self.target.user == "root" else "sudo -n sh -s"
        code, out, error = self.execute(shell, "".join(lines).encode(), limit)
        answers = out.decode(errors="replace").split(f"{mark}\n")[1:]
        found: list[Output] = []
        for answer in answers:
            body, end, status = answer.rpartition(f"\n{mark}")
            found.append(Output(int(status), body) if end and status.strip().isdigit() else Output(None, answer))
        if not found and code:
            self.failure = (shell, error.decode(errors="replace").strip())
        return found + [Output(None, "")] * (len(commands) - len(found))

    def prefetch(self, facts: dict[str, str]) -> None:
        """Read facts that earlier runs asked for, all in one execution."""
        if not facts:
            return
        for raw, answer in zip(facts, self.batch(list(facts.values())), strict=True):
            if answer.code == 0:
                self._facts[raw] = _lines(answer.text, "")

    def run_shell_command(
        self,
        command: str | StringCommand,
        print_output: bool = False,  # noqa: ARG002 - pyinfra's signature
        print_input: bool = False,
        **arguments: Any,
    ) -> tuple[bool, CommandOutput]:
        """Run a pyinfra command, or answer it from the cache if it is a fact."""
        limit = arguments.pop("_timeout", None) or COMMAND_SECONDS
        stdin = arguments.pop("_stdin", None) or b""
        codes = arguments.pop("_success_exit_codes", None) or [0]
        arguments.pop("_get_pty", None)
        script = StringCommand(command) if isinstance(command, str) else command
        raw = make_unix_command_for_host(self.state, self.host, script, **arguments).get_raw_value()
        if print_input:
            plain = raw == make_unix_command(script).get_raw_value()  # no other user, shell or folder
            self.asked[raw] = script.get_raw_value() if plain else raw
            if raw in self._facts:
                return True, self._facts[raw]
        else:
            self._facts.clear()
        code, out, error = self.execute(raw, stdin.encode() if isinstance(stdin, str) else stdin, limit)
        output = _lines(out.decode(errors="replace"), error.decode(errors="replace"))
        if code not in codes:
            self.failure = (str(command), output.stderr or output.stdout or f"exit status {code}")
        elif print_input:
            self._facts[raw] = output
        return code in codes, output

    def put_file(
        self,
        filename_or_io: Any,
        remote_filename: str,
        remote_temp_filename: str | None = None,  # noqa: ARG002 - pyinfra's signature
        print_output: bool = False,  # noqa: ARG002
        print_input: bool = False,  # noqa: ARG002
        **arguments: Any,
    ) -> bool:
        """Write a file on the node by one execution; a site's own roles may use pyinfra's file operations."""
        with get_file_io(filename_or_io) as source:
            data = source.read()
        raw = data.encode() if isinstance(data, str) else data
        done, _ = self.run_shell_command(
            StringCommand("cat", ">", QuoteString(remote_filename)), **{**arguments, "_stdin": raw}
        )
        return done

    def get_file(
        self,
        remote_filename: str,
        filename_or_io: Any,
        remote_temp_filename: str | None = None,  # noqa: ARG002 - pyinfra's signature
        print_output: bool = False,  # noqa: ARG002
        print_input: bool = False,  # noqa: ARG002
        **arguments: Any,  # noqa: ARG002
    ) -> bool:
        """Read a file from the node by one execution."""
        code, data, error = self.execute(f"cat {shlex.quote(remote_filename)}")
        if code:
            self.failure = (f"cat {remote_filename}", error.decode(errors="replace"))
            return False
        with get_file_io(filename_or_io, "wb") as sink:
            sink.write(data)
        return True


def _feed(channel: paramiko.Channel, data: bytes) -> None:
    try:
        channel.sendall(data)
        channel.shutdown_write()
    except OSError:
        return  # the command ended without reading everything: its exit status tells


def _lines(out: str, error: str) -> CommandOutput:
    return CommandOutput(
        [
            OutputLine(name, line)
            for name, text in (("stdout", out), ("stderr", error))
            for line in text.removesuffix("\n").split("\n")
            if text
        ]
    )
