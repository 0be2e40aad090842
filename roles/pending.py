"""Operations of one node that are decided but not run yet: all of them go to the node as one script.

An operation is decided from what the facts said when they were read. Operations before it may have changed that, so
the script reads each of its facts again where its turn comes. Where one says something else by now, the script ends
there and the rest is decided anew from what it says: what happens on the node is what would happen if every operation
were run where the role calls it.
"""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pyinfra.api import Host, State, StringCommand
from pyinfra.api.arguments import CONNECTOR_ARGUMENT_KEYS
from pyinfra.api.command import FileUploadCommand, PyinfraCommand
from pyinfra.api.exceptions import NestedOperationError
from pyinfra.api.operation import OperationMeta
from pyinfra.connectors.util import CommandOutput, OutputLine
from pyinfra.context import ctx_host

from gigaworks.roles.check import Output
from gigaworks.roles.script import Assume, Other, Ran, Run, Step

if TYPE_CHECKING:
    from gigaworks.roles.connector import GigaworksConnector

SCRIPT_BYTES = 512 * 1024  # a script does not grow beyond
pyinfra_operation: Any = importlib.import_module("pyinfra.api.operation")  # the package has a function of that name
Hint = tuple[str, str, int]  # an operation, the key of a fact, how often the operation has asked for it before
run_where_called = pyinfra_operation.execute_immediately


class UnsettledError(BaseException):
    """What is pending has to run before this can be known. Not an Exception: an operation does not catch it."""

    def __init__(self, facts: Sequence[str] = ()) -> None:
        super().__init__()
        self.facts = list(facts)  # their keys, to be read in the same execution


@dataclass
class Entry:
    """An operation: its commands, and how they stand in the script between the facts that they follow from."""

    op: str
    meta: OperationMeta
    steps: list[Step] = field(default_factory=list)
    commands: list[PyinfraCommand] = field(default_factory=list)
    done: list[PyinfraCommand] = field(default_factory=list)  # that ran before a fact surprised its operation
    past: list[Assume] = field(default_factory=list)  # what the facts said that those followed from
    replay: list[Assume] = field(default_factory=list)  # what is left of it while the operation is decided anew
    said: list[OutputLine] = field(default_factory=list)
    alone: bool = False  # pyinfra has to run it itself

    def complete(self, success: bool) -> None:
        """Have pyinfra's own record say what the operation did, or by now is expected to do."""
        meta: Any = self.meta
        meta._success, meta._commands = success, self.done + self.commands
        meta._combined_output = CommandOutput(self.said)

    def asked(self, key: str, end: int | None = None) -> int:
        """Return how often the operation asked for a fact before its step ``end``."""
        return sum(isinstance(step, Assume) and step.key == key for step in [*self.past, *self.steps[:end]])

    def surprised(self, results: list[Ran | Other | None], hints: dict[Hint, str]) -> None:
        """Take in that a fact said something else; where commands ran before it, they are not to run again."""
        end, found = next((n, r) for n, r in enumerate(results) if isinstance(r, Other) and r.surprise)
        if isinstance(step := self.steps[end], Assume) and found.output.code == 0:
            hints[self.op, step.key, self.asked(step.key, end)] = found.output.text
        ran = sum(isinstance(step, Run) for step in self.steps[:end])
        self.done += self.commands[:ran]
        if self.done:
            self.past += [step for step in self.steps[:end] if isinstance(step, Assume)]

    def forget(self) -> None:
        """Have pyinfra's own record say that it was not run."""
        meta: Any = self.meta
        meta._success = meta._commands = meta._combined_output = None


class Pending:
    """What is pending on one node. With ``acts`` false nothing ever runs: that is a plan."""

    def __init__(self, state: State, host: Host, connector: GigaworksConnector, acts: bool) -> None:
        self.state, self.host, self.connector, self.acts = state, host, connector, acts
        self.deciding: Entry | None = None
        self.failed: str | None = None  # the operation that ended the work
        self._entries: list[Entry] = []
        self._todo: list[Entry] = []

    @property
    def waiting(self) -> bool:
        """Whether an operation is decided and has not run."""
        return bool(self._entries)

    @property
    def unsettled(self) -> bool:
        """Whether a command is decided and has not run, be it of the operation that is being decided."""
        return (
            self.waiting or any(isinstance(step, Run) for step in self.deciding.steps)
            if self.deciding
            else self.waiting
        )

    @property
    def running(self) -> str | None:
        """The operation whose command was begun last, or that failed."""
        if self.failed:
            return self.failed
        script = self.connector.script
        if script is None or script.running is None:
            return None
        steps = 0
        for entry in self._entries:
            steps += len(entry.steps)
            if script.running < steps:
                return entry.op
        return None

    def call(self, op: str) -> None:
        """Decide an operation where the role calls it."""
        self._todo.append(Entry(op, self.state.get_op_data_for_host(self.host, op).operation_meta))
        self._decide()

    def settle(self, reads: Sequence[str] = (), facts: Sequence[str] = ()) -> list[Output]:
        """Run everything that is pending; return what the shell texts ``reads`` say after it, keep what facts say."""
        while True:
            outputs = self._send(reads, facts) if self._entries or reads or facts else []
            if not self._todo:
                return outputs
            self._decide()

    def drop(self) -> None:
        """Forget what is pending, decided or not."""
        self._entries, self._todo = [], []

    def settled(self, meta: OperationMeta, needs_output: bool = False) -> None:
        """Make a result true before a role looks at it; an operation that is being decided may go by what is expected.

        Raises:
            UnsettledError: the operation that is being decided needs it to have run.
        """
        if not any(entry.meta is meta for entry in self._entries):
            return
        if self.deciding is None:
            self.settle()
        elif needs_output:
            raise UnsettledError

    def _decide(self) -> None:
        while self._todo:
            entry = self._todo[0]
            try:
                self._evaluate(entry)
            except UnsettledError as need:
                if self._entries:
                    self._send(facts=need.facts)
                else:
                    entry.alone = True  # it reads a fact behind its own command
                    self._run_alone(self._todo.pop(0))
                continue
            except Exception:
                if not self._entries:
                    raise
                self._send()  # it may come from facts that do not hold any more
                continue
            if entry.alone and self.acts:
                if self._entries:
                    self._send()
                    continue
                self._todo.pop(0)
                self._run_alone(entry)
                continue
            self._todo.pop(0)
            entry.complete(success=True)
            if self.acts and any(isinstance(step, Run) or not step.sure for step in entry.steps):
                self._entries.append(entry)
                if sum(map(_size, (step for other in self._entries for step in other.steps))) > SCRIPT_BYTES:
                    self._send()

    def _evaluate(self, entry: Entry) -> None:
        data = self.state.get_op_data_for_host(self.host, entry.op)
        arguments = data.global_arguments
        entry.steps, entry.commands, entry.said = [], [], []
        entry.replay = list(entry.past)
        entry.alone = bool(
            arguments["_ignore_errors"] or arguments["_continue_on_error"] or arguments.get("_retries")
            or arguments.get("_retry_until")
        )  # fmt: skip
        shared = {key: arguments[key] for key in CONNECTOR_ARGUMENT_KEYS if key in arguments}  # type: ignore[literal-required]
        outer, self.deciding = self.deciding, entry
        try:
            for number, command in enumerate(data.command_generator()):
                if number < len(entry.done):
                    continue  # it ran when the facts were as they are told to be once more
                entry.commands.append(command)
                if not self.acts:
                    continue
                step = self._step(command, {**shared, **command.connector_arguments})
                if step is None or entry.alone:
                    entry.alone = True
                    return
                entry.steps.append(step)
        finally:
            self.deciding = outer

    def _step(self, command: PyinfraCommand, arguments: dict[str, Any]) -> Run | None:
        """Return how a command stands in a script; None for one that is more than shell text."""
        if isinstance(command, FileUploadCommand):
            step = self.connector.upload_step(command.src, command.dest, **arguments)
        elif isinstance(command, StringCommand):
            step = self.connector.command_step(command, **arguments)
        else:
            return None
        return None if _size(step) > SCRIPT_BYTES else step

    def _run_alone(self, entry: Entry) -> None:
        try:
            entry.forget()
            run_where_called(self.state, self.host, entry.op)
            meta: Any = entry.meta
            meta._commands = entry.done + meta._commands
        except NestedOperationError:
            self.failed = entry.op
            raise

    def _send(self, reads: Sequence[str] = (), facts: Sequence[str] = ()) -> list[Output]:
        """Run what is pending and take in what came of it; what has to be decided anew goes back to ``_todo``."""
        entries = self._entries
        try:
            outcome = self.connector.play([entry.steps for entry in entries], reads, facts)
        except BaseException:
            if entries:
                self.failed = self.running or entries[0].op
            self._take(entries, list(self.connector.script.outcome().steps) if self.connector.script else [])
            raise
        self._entries, self.connector.script = [], None
        self._take(entries, outcome.steps)
        return outcome.reads

    def _take(self, entries: list[Entry], results: list[Ran | Other | None]) -> None:
        position = 0
        for number, entry in enumerate(entries):
            own = results[position : position + len(entry.steps)]
            position += len(entry.steps)
            entry.said = [line for ran in own if isinstance(ran, Ran) for line in lines(ran.out, ran.error)]
            if any(isinstance(result, Other) for result in own):
                entry.surprised(own, self.connector.hints)
                self._todo[:0] = entries[number:]
                return
            unfinished = [
                (step, ran) for step, ran in zip(entry.steps, own, strict=True)
                if isinstance(step, Run) and not (isinstance(ran, Ran) and ran.code in step.codes)
            ]  # fmt: skip
            if unfinished:
                self._end(entries[number:], *unfinished[0])
                return
            entry.complete(success=True)

    def _end(self, entries: list[Entry], step: Run, ran: Ran | Other | None) -> None:
        """Say which command failed; the operations behind it were never called."""
        for entry in entries:
            entry.forget()
        self.drop()
        if not isinstance(ran, Ran) or ran.code is None:
            return  # whoever broke it says why
        entries[0].complete(success=False)
        self.failed = entries[0].op
        self.connector.failure = (step.text, ran.error.strip() or ran.out.strip() or f"exit status {ran.code}")
        raise NestedOperationError(self.failed)


class Meta(OperationMeta):
    """pyinfra's record of an operation, which runs what is pending before a role is told a result."""

    def _raise_if_not_complete(self) -> None:
        super()._raise_if_not_complete()
        _pending().settled(self)

    @property
    def stdout_lines(self) -> list[str]:
        """What the operation's commands said."""
        _pending().settled(self, needs_output=True)
        return super().stdout_lines

    @property
    def stderr_lines(self) -> list[str]:
        """What the operation's commands complained about."""
        _pending().settled(self, needs_output=True)
        return super().stderr_lines


def lines(out: str, error: str) -> list[OutputLine]:
    """Return what a command said as pyinfra wants it."""
    return [
        OutputLine(name, line)
        for name, text in (("stdout", out), ("stderr", error))
        for line in text.removesuffix("\n").split("\n")
        if text
    ]


def take_over() -> None:
    """Have every operation of this process that a role calls go to the pending ones of its node."""

    def call(state: State, host: Host, op: str) -> None:
        if host.executing_op_hash is None:
            connector: Any = host.connector
            connector.pending.call(op)
        else:
            run_where_called(state, host, op)  # called by an operation that pyinfra runs itself

    pyinfra_operation.execute_immediately, pyinfra_operation.OperationMeta = call, Meta


def _pending() -> Pending:
    pending: Pending = ctx_host.get().connector.pending
    return pending


def _size(step: Step) -> int:
    return len(step.text) + len(step.stdin if isinstance(step, Run) else step.expected)
