"""Our pyinfra connector: SSH with strict host keys, one execution for many facts and commands, and a count of them."""

from __future__ import annotations

import functools
import shlex
import socket
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import gevent
import paramiko
from pyinfra.api import QuoteString, StringCommand
from pyinfra.api.exceptions import ConnectError
from pyinfra.api.util import get_file_io
from pyinfra.connectors.base import BaseConnector
from pyinfra.connectors.util import CommandOutput, make_unix_command, make_unix_command_for_host
from typing_extensions import TypedDict

from gigaworks.inventory.problem import Problem
from gigaworks.roles import known_hosts, trouble
from gigaworks.roles.check import Output
from gigaworks.roles.pending import Hint, Pending, UnsettledError, lines
from gigaworks.roles.script import Assume, Other, Outcome, Ran, Run, Script, Step
from gigaworks.roles.target import Target
from gigaworks.roles.together import together

CONNECT_SECONDS = 15
COMMAND_SECONDS = 300  # of an operation that names no limit of its own
GREETING_BYTES = 65536  # that a login may print before our script begins
LAST_WORDS_SECONDS = 5  # for stderr to say its last word after stdout did
RSA = ("rsa-sha2-512", "rsa-sha2-256")


class CannotEnterError(ConnectError):
    """The node could not be entered; ``problem`` says why and what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.summary}: {problem.detail}")
        self.problem = problem


class LostError(Exception):
    """The connection broke, or a command took too long; not among the errors that pyinfra takes for a plain no."""


class ShellError(Exception):
    """The node took our script and did not run it; the text is what it said."""


class Held(NamedTuple):
    """What a fact said, and how many times commands had run on the node by then."""

    text: str
    after: int


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
    ever printed here. What facts said is kept; see ``pending`` for how it is proven where commands came after it.
    """

    handles_execution = True
    data_cls = NoData
    data_meta = {}  # noqa: RUF012 - the base class says that it is an instance variable

    def __init__(self, state: Any, host: Any) -> None:
        super().__init__(state, host)
        self.target: Target = host.data.target
        self.pending = Pending(state, host, self, acts=False)
        self.script: Script | None = None  # the last one
        self.executions = 0
        self.asked: dict[str, str] = {}  # raw command of a fact → how it stands in a script
        self.hints: dict[Hint, str] = {}  # what facts said on like nodes where the operations before had changed it
        self.blank = False  # whether a fact that was not read says nothing, instead of being read
        self.failure: tuple[str, str] | None = None  # the last command that failed, and what it said
        self._facts: dict[str, Held] = {}
        self._texts: dict[str, str] = {}  # as asked, of all roles
        self._acted = 0  # how many times commands ran that are not facts
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
        options.ciphers = tuple(
            sorted(options.ciphers, key=lambda name: "gcm" not in name)
        )  # no MAC to compare in Python
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

    def execute(self, command: str, stdin: bytes = b"", limit: float = COMMAND_SECONDS) -> tuple[int, bytes, bytes]:
        """Run shell text on the node; return exit status, stdout and stderr.

        Raises:
            TimeoutError: not done within ``limit`` seconds.
            paramiko.SSHException, OSError: the connection broke.
        """
        try:
            with gevent.Timeout(limit, TimeoutError(f"no end after {limit:g} s: {command[:200]}")):
                return self._exchange(command, stdin)
        except (OSError, EOFError, paramiko.SSHException) as error:
            self.failure = (command, str(error) or type(error).__name__)
            raise

    def _exchange(self, command: str, stdin: bytes) -> tuple[int, bytes, bytes]:
        channel = self._open(command)
        try:
            helpers = [
                gevent.spawn(_feed, channel, stdin),
                error := gevent.spawn(channel.makefile_stderr("rb").read),
            ]
            out = channel.makefile("rb").read()
            gevent.joinall(helpers)
            return _exit_status(channel), out, error.value or b""
        finally:
            channel.close()

    def _open(self, command: str) -> paramiko.Channel:
        if self._transport is None:
            raise paramiko.SSHException("not connected")
        self.executions += 1
        channel = self._transport.open_session(timeout=CONNECT_SECONDS)
        channel.exec_command(command)
        return channel

    def play(self, groups: Sequence[Sequence[Step]], reads: Sequence[str] = (), facts: Sequence[str] = ()) -> Outcome:
        """Run groups of steps as one script; behind them read ``reads`` and keep what ``facts`` say.

        Raises:
            ShellError: the node did not run it.
            TimeoutError: a command took longer than its limit.
            paramiko.SSHException, OSError: the connection broke, or the shell was killed.
        """
        script = self.script = Script(groups, [*reads, *(self._texts[key] for key in facts)])
        code = self._converse(script)
        if not script.begun:
            raise ShellError(_printable(script.error or script.out) or f"nothing, with exit status {code}")
        outcome = script.outcome()
        if script.steps and not outcome.whole:
            raise paramiko.SSHException(f"the shell on the node ended with status {code} before its script did")
        self._learn(script.steps, outcome)
        for key, output in zip(facts, outcome.reads[len(reads) :], strict=True):
            self._keep(key, output)
        return outcome._replace(reads=outcome.reads[: len(reads)])

    def _learn(self, steps: Sequence[Step], outcome: Outcome) -> None:
        """Note what the script said about facts; what was read behind the last command is true by now."""
        last = max((number for number, result in enumerate(outcome.steps) if isinstance(result, Ran)), default=-1)
        surprise = any(isinstance(result, Other) for result in outcome.steps)
        self._acted += last >= 0
        for number, (step, result) in enumerate(zip(steps, outcome.steps, strict=True)):
            if isinstance(step, Assume) and isinstance(result, Other):
                self._keep(step.key, result.output)
            elif isinstance(step, Assume) and not step.sure and number > last and not surprise:
                self._facts[step.key] = Held(step.expected, self._acted)

    def _keep(self, key: str, output: Output) -> None:
        if output.code == 0:
            self._facts[key] = Held(output.text, self._acted)
        else:
            self._facts.pop(key, None)

    def _converse(self, script: Script) -> int:
        """Play a script; a command's time limit begins when the node says that the command did."""
        channel = self._open("sh -s" if self.target.user == "root" else "sudo -H -n sh -s")
        try:
            helpers = [gevent.spawn(_feed, channel, script.text), gevent.spawn(_collect, channel, script.error)]
            end = time.monotonic() + script.limit
            while not script.closed:
                channel.settimeout(max(end - time.monotonic(), 0.001))
                try:
                    data = channel.recv(65536)
                except TimeoutError:
                    raise TimeoutError(f"no end after {script.limit:g} s") from None
                if not data:
                    gevent.joinall(helpers)
                    return _exit_status(channel)
                if script.hear(data):
                    end = time.monotonic() + script.limit
                elif len(script.out) > GREETING_BYTES and not script.begun:
                    raise ShellError(_printable(script.out))
            end = time.monotonic() + LAST_WORDS_SECONDS
            while not script.over and not helpers[1].dead and time.monotonic() < end:
                gevent.sleep(0.002)
            return 0
        finally:
            channel.close()

    def batch(self, commands: Sequence[str]) -> list[Output]:
        """Run many commands in one execution, each in a subshell; their stderr is dropped."""
        return self.play([], commands).reads

    def unread(self, facts: dict[str, str]) -> dict[str, str]:
        """Return those of the facts of which nothing is known."""
        return {raw: text for raw, text in facts.items() if raw not in self._facts}

    def prefetch(self, facts: dict[str, str], reads: Sequence[str] = ()) -> list[Output]:
        """Read facts that earlier runs asked for, and shell texts, all in one execution; it proves the shell, too."""
        self._texts |= facts
        groups, others = together(facts)
        found = self.play([], [*reads, *(group.text for group in groups)], list(others)).reads
        for group, output in zip(groups, found[len(reads) :], strict=True):
            for key, said in group.outputs(output):
                self._keep(key, said if output.code == 0 else output)
        return found[: len(reads)]

    def run_shell_command(
        self,
        command: str | StringCommand,
        print_output: bool = False,  # noqa: ARG002 - pyinfra's signature
        print_input: bool = False,
        **arguments: Any,
    ) -> tuple[bool, CommandOutput]:
        """Run a pyinfra command, or answer it with what is known if it is a fact.

        Raises:
            LostError: the connection broke, or it took too long.
        """
        given = arguments.copy()
        raw, step = self._shell(command, arguments)
        if print_input and (known := self._known(raw, step)) is not None:
            return True, CommandOutput(lines(known, ""))
        if self.pending.unsettled:
            facts = [raw] if print_input else []
            if self.pending.deciding:
                raise UnsettledError(facts)
            self.pending.settle(facts=facts)
            return self.run_shell_command(command, print_input=print_input, **given)
        if not print_input:
            self._acted += 1
        try:
            code, out, error = self.execute(raw, step.stdin, step.limit)
        except (OSError, EOFError, paramiko.SSHException) as why:
            raise LostError from why
        output = CommandOutput(lines(out.decode(errors="replace"), error.decode(errors="replace")))
        if code not in step.codes:
            self.failure = (str(command), output.stderr or output.stdout or f"exit status {code}")
        elif print_input:
            text = out.decode(errors="replace")
            self._keep(raw, Output(0, text))
            if self.pending.deciding and self.pending.acts:
                self.pending.deciding.steps.append(Assume(raw, step.text, text, sure=True))
        return code in step.codes, output

    def command_step(self, command: StringCommand, **arguments: Any) -> Run:
        """Return how a command stands in a script."""
        return self._shell(command, arguments)[1]

    def upload_step(self, source: Any, path: str, **arguments: Any) -> Run:
        """Return how a file that is written stands in a script."""
        return self._shell(_write(path), {**arguments, "_stdin": _content(source)})[1]

    def _shell(self, command: str | StringCommand, arguments: dict[str, Any]) -> tuple[str, Run]:
        """Return a command as an execution of its own would run it, and as it stands in a script of ours."""
        limit = arguments.pop("_timeout", None) or COMMAND_SECONDS
        stdin = arguments.pop("_stdin", None) or b""
        codes = arguments.pop("_success_exit_codes", None) or [0]
        arguments.pop("_get_pty", None)
        script = StringCommand(command) if isinstance(command, str) else command
        raw = make_unix_command_for_host(self.state, self.host, script, **arguments).get_raw_value()
        usual = make_unix_command(script, _sudo=self.target.user != "root").get_raw_value()
        text = script.get_raw_value() if raw == usual else raw  # another user, shell, folder or environment
        return raw, Run(text, _bytes(stdin), tuple(codes), limit)

    def _known(self, raw: str, step: Run) -> str | None:
        """Return what a fact says, as far as that is known where it is asked for."""
        self.asked[raw] = self._texts[raw] = step.text
        deciding = self.pending.deciding
        if deciding and deciding.replay and deciding.replay[0].key == raw:
            return deciding.replay.pop(0).expected
        held = self._facts.get(raw)
        if held is None:
            return "" if self.blank else None
        sure = held.after == self._acted and not self.pending.unsettled
        if deciding is None or not self.pending.acts:
            return held.text if sure else None
        likely = held.text if sure else self.hints.get((deciding.op, raw, deciding.asked(raw)), held.text)
        if "\0" in likely and not sure:
            return None
        deciding.steps.append(Assume(raw, step.text, likely, sure))
        return likely

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
        done, _ = self.run_shell_command(_write(remote_filename), **{**arguments, "_stdin": _content(filename_or_io)})
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


def _collect(channel: paramiko.Channel, sink: bytearray) -> None:
    try:
        while data := channel.recv_stderr(65536):
            sink += data
    except OSError:
        return  # what came is what is known


def _exit_status(channel: paramiko.Channel) -> int:
    code = channel.recv_exit_status()
    if code < 0:
        raise paramiko.SSHException("the connection broke before the command ended")
    return code


def _printable(data: bytearray) -> str:
    text = data[-2000:].decode(errors="replace").strip()
    return text if text.isprintable() or (len(text.splitlines()) > 1 and "\ufffd" not in text) else ascii(text)[:200]


def _write(path: str) -> StringCommand:
    return StringCommand("cat", ">", QuoteString(path))


def _content(source: Any) -> bytes:
    with get_file_io(source) as file:
        return _bytes(file.read())


def _bytes(data: Any) -> bytes:
    if isinstance(data, (list, tuple)):
        data = "".join(f"{line}\n" for line in data)
    return data.encode() if isinstance(data, str) else bytes(data)
