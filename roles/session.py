"""What happens on one node: enter, read ahead, roles in their order, checks. Runs in a worker's greenlet."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple, cast

import gevent
from pyinfra.api import Config, Host, Inventory, State
from pyinfra.api.exceptions import PyinfraError
from pyinfra.api.operation import OperationMeta
from pyinfra.api.state import StateStage
from pyinfra.context import ctx_host, ctx_state

from gigaworks.inventory.problem import Problem
from gigaworks.roles import catalog, trouble
from gigaworks.roles.check import Check, Output, commands, judge
from gigaworks.roles.connector import CannotEnterError, GigaworksConnector, LostError, ShellError
from gigaworks.roles.learned import role_key
from gigaworks.roles.learning import Learning
from gigaworks.roles.pending import Pending
from gigaworks.roles.target import CheckResult, HostResult, Mode, Operation, Progress, Skipped, Target
from gigaworks.roles.wire import Said

REHEARSALS = 6  # at most; two or three do

Say = Callable[[Said], None]


def make_state(targets: list[Target], mode: Mode) -> State:
    """Return pyinfra's State for all targets: the only one in this process, for its context is one global."""
    data = [
        (f"@gigaworks/{t.name}", {"target": t} if t.user == "root" else {"target": t, "_sudo": True}) for t in targets
    ]
    state = State(Inventory((data, {})), Config(PARALLEL=len(targets)), check_for_changes=False)
    state.print_fact_input = True  # how our connector tells a fact from other commands
    state.is_executing = True  # an operation is then decided where the role calls it: see pending
    state.current_stage = StateStage.Execute if mode == "apply" else StateStage.Prepare
    state.fail_hosts = _no_default  # type: ignore[method-assign]
    ctx_state.set(state)
    return state


def _no_default(hosts: set[Host], activated_count: int | None = None) -> None:  # noqa: ARG001 - pyinfra's signature
    """Refuse what pyinfra does where a fact cannot be read: it goes on with the fact's default."""
    raise PyinfraError("a fact cannot be read")


def work(state: State, host: Host, mode: Mode, learning: Learning, host_seconds: float, say: Say) -> None:
    """Work on one node and say its result, whatever happens."""
    session = Session(state, host, mode, say)
    start = time.monotonic()
    error: Problem | None = None
    try:
        with gevent.Timeout(host_seconds):  # not an Exception: nobody below takes it for a failure of his own
            session.run(learning)
    except CannotEnterError as why:
        error = why.problem
    except gevent.Timeout:
        late = TimeoutError(f"not done within {host_seconds:g} s")
        error = trouble.explain(host.name, session.role, session.running, late, None)
    except ShellError as why:
        error = trouble.no_shell(session.target, str(why))
    except LostError as why:
        cause = why.__cause__ or why
        error = trouble.explain(host.name, session.role, session.running, cause, session.connector.failure)
    except Exception as why:  # whatever a role does, the other nodes go on
        error = trouble.explain(host.name, session.role, session.running, why, session.connector.failure)
    finally:
        session.connector.disconnect()
    result = HostResult(
        name=host.name,
        ok=error is None and (mode == "plan" or all(check.ok for check in session.checks)),
        error=error,
        operations=session.operations,
        checks=session.checks,
        skipped=list(dict.fromkeys(session.skipped)),
        restarts=list(dict.fromkeys(host.connector_data.get("restarts", []))),
        remote_executions=session.connector.executions,
        seconds=round(time.monotonic() - start, 3),
    )
    say(Said(progress=Progress(kind="done", host=host.name, ok=result.ok, message=error.summary if error else "")))
    say(Said(result=result, asked=session.asked if error is None else {}))


class Call(NamedTuple):
    """A role that has something to do on the node; ``key`` is under which its facts are kept."""

    role: catalog.Role
    params: Any
    key: str


class Session:
    """One node, once."""

    def __init__(self, state: State, host: Host, mode: Mode, say: Say) -> None:
        self.state, self.host, self.mode, self.say = state, host, mode, say
        self.connector = cast("GigaworksConnector", host.connector)
        self.pending = self.connector.pending = Pending(state, host, self.connector, acts=mode == "apply")
        self.target = self.connector.target
        self.asked: dict[str, dict[str, str]] = {}
        self.checks: list[CheckResult] = []
        self.skipped: list[Skipped] = []
        self.operations: list[Operation] = []
        self._begun = ""  # the role whose operations are being called
        self._roles: dict[str, str] = {}  # operation → the role that called it

    @property
    def role(self) -> str:
        """The role of the running operation, else the one that calls operations."""
        return self._roles.get(self.pending.running or "", self._begun)

    @property
    def running(self) -> str:
        """The name of the running operation, else of the one that was called last."""
        op = self.pending.running or next(reversed(self.host.op_hash_order), None)
        return self._name(op) if op in self.state.ops[self.host] else ""

    def run(self, learning: Learning) -> None:
        """Enter the node and go through its roles."""
        folder = Path(self.target.roles_folder) if self.target.roles_folder else None
        self.host.connect(show_errors=False, raise_exceptions=True)
        self.say(Said(progress=Progress(kind="connected", host=self.target.name)))
        calls: list[Call] = []
        for call in self.target.roles:
            role = catalog.role(call.role, folder)
            if reason := role.why_not(self.target.context):
                self.skipped.append(Skipped(role=role.name, reason=reason))
            else:
                calls.append(Call(role, role.params.model_validate(call.params), role_key(call, self.target.arch)))
        judged = [call for call in calls if self.mode == "check" or not call.role.measures]
        checks = [(call.role.name, check) for call in judged for check in self._checks_of(call)]
        if self.mode == "check":
            self._judge(checks, self.connector.batch(commands(checks)))
        else:
            self._judge(checks, self._configure(calls, learning, commands(checks)))

    def _configure(self, calls: list[Call], learning: Learning, reads: Sequence[str]) -> list[Output]:
        """Read ahead, call the roles' operations, and return what the shell texts ``reads`` say after it."""
        keys, acts = [call.key for call in calls], self.pending.acts
        first = learning.goes_first(keys)
        self.connector.hints = learning.hints(keys)
        try:
            with ctx_host.use(self.host):
                read = self.connector.prefetch(learning.facts(keys), [] if acts else reads)
                if first:
                    self._rehearse(calls)
                    learning.found_out(keys, self.asked)
                try:
                    for call in calls:
                        self._deploy(call)
                    if acts:
                        read = self.pending.settle(reads)
                finally:
                    self.operations = self._called()
                if first and acts and any(operation.change for operation in self.operations):
                    self.connector.prefetch(self._all_asked)
                    self._rehearse(calls)  # a node that is as declared asks for other facts than one that is not
        finally:
            if first:
                learning.found_out(keys, self.asked)
        return read

    @property
    def _all_asked(self) -> dict[str, str]:
        return {raw: text for facts in self.asked.values() for raw, text in facts.items()}

    def _rehearse(self, calls: list[Call]) -> None:
        """Find out what the roles ask for: call their operations without running any, and read what they asked.

        What is not known yet says nothing at first, and what it says then may lead to other facts.
        """
        acts, self.pending.acts, self.connector.blank = self.pending.acts, False, True
        try:
            for _ in range(REHEARSALS):
                self._call_blindly(calls)
                if not (unread := self.connector.unread(self._all_asked)):
                    break
                self.connector.prefetch(unread)
        finally:
            self.pending.acts, self.connector.blank = acts, False

    def _call_blindly(self, calls: list[Call]) -> None:
        noted = dict(self.host.connector_data)
        for call in calls:
            self.connector.asked = self.asked.setdefault(call.key, {})
            try:
                call.role.deploy(call.params, self.target.context)
            except Exception as why:  # it may well work where facts are known and the operations before it were run
                logging.getLogger(__name__).debug("rehearsal of %s: %r", call.role.name, why)
        self.pending.drop()
        self.host.op_hash_order.clear()
        self.state.ops[self.host].clear()
        self.host.connector_data.clear()
        self.host.connector_data.update(noted)

    def _deploy(self, call: Call) -> None:
        role = call.role
        self._begun = role.name
        self.say(Said(progress=Progress(kind="role", host=self.target.name, role=role.name)))
        self.connector.asked = self.asked.setdefault(call.key, {})
        before = len(self.host.op_hash_order)
        try:
            role.deploy(call.params, self.target.context)
        except Exception:
            if self.pending.failed is None:
                self.pending.settle()  # what the role called before it broke
            raise
        finally:
            self._roles |= dict.fromkeys(self.host.op_hash_order[before:], role.name)
            for reason in self.host.connector_data.pop("left_out", []):
                self.skipped.append(Skipped(role=role.name, reason=reason))

    def _checks_of(self, call: Call) -> list[Check]:
        self._begun = call.role.name
        return call.role.checks(call.params, self.target.context)

    def _judge(self, checks: list[tuple[str, Check]], read: list[Output]) -> None:
        outputs = dict(zip(commands(checks), read, strict=True))
        for name, check in checks:
            found = judge(name, check, outputs[check.command])
            (self.skipped if isinstance(found, Skipped) else self.checks).append(found)  # type: ignore[arg-type]

    def _called(self) -> list[Operation]:
        """Return what each operation did, or in a plan would do; those that never ran are not among them."""
        known = self.state.ops[self.host]
        called = [(op, known[op].operation_meta) for op in self.host.op_hash_order if op in known]
        return [self._operation(op, meta) for op, meta in called if meta.is_complete()]

    def _operation(self, op: str, meta: OperationMeta) -> Operation:
        run = list(meta._commands or [])
        change = bool(meta._success and run)
        return Operation(
            role=self._roles.get(op, self._begun),
            name=self._name(op),
            change=change,
            commands=[str(command) for command in run],
            diff=self.host.connector_data.get("differences", {}).get(op, "") if change else "",
        )

    def _name(self, op: str) -> str:
        data = self.state.ops[self.host][op]
        return str(data.global_arguments.get("name") or ", ".join(self.state.op_meta[op].names))
