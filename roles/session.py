"""What happens on one node: enter, read ahead, roles in their order, checks. Runs in a worker's greenlet."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import gevent
from pyinfra.api import Config, Host, Inventory, State
from pyinfra.api.operation import OperationMeta
from pyinfra.api.state import StateStage
from pyinfra.context import ctx_host, ctx_state

from gigaworks.inventory.blueprint import RoleCall
from gigaworks.inventory.problem import Problem
from gigaworks.roles import catalog, trouble
from gigaworks.roles.check import Check, Output, commands, judge
from gigaworks.roles.connector import CannotEnterError, GigaworksConnector
from gigaworks.roles.learned import role_key
from gigaworks.roles.target import CheckResult, HostResult, Mode, Operation, Progress, Skipped, Target
from gigaworks.roles.wire import Said

Say = Callable[[Said], None]


def make_state(targets: list[Target], mode: Mode) -> State:
    """Return pyinfra's State for all targets: the only one in this process, for its context is one global."""
    data = [
        (f"@gigaworks/{t.name}", {"target": t} if t.user == "root" else {"target": t, "_sudo": True}) for t in targets
    ]
    state = State(Inventory((data, {})), Config(PARALLEL=len(targets)), check_for_changes=mode == "plan")
    state.print_fact_input = True  # how our connector tells a fact from other commands
    state.is_executing = mode == "apply"  # an operation then runs where the role calls it
    state.current_stage = StateStage.Execute if mode == "apply" else StateStage.Prepare
    ctx_state.set(state)
    return state


def work(
    state: State, host: Host, mode: Mode, learned: dict[str, dict[str, str]], host_seconds: float, say: Say
) -> None:
    """Work on one node and say its result, whatever happens."""
    session = Session(state, host, mode, say)
    start = time.monotonic()
    error: Problem | None = None
    try:
        with gevent.Timeout(host_seconds):  # not an Exception: nobody below takes it for a failure of his own
            session.run(learned)
    except CannotEnterError as why:
        error = why.problem
    except gevent.Timeout:
        late = TimeoutError(f"not done within {host_seconds:g} s")
        error = trouble.explain(host.name, session.role, session.running, late, None)
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


class Session:
    """One node, once."""

    def __init__(self, state: State, host: Host, mode: Mode, say: Say) -> None:
        self.state, self.host, self.mode, self.say = state, host, mode, say
        self.connector = cast("GigaworksConnector", host.connector)
        self.target = self.connector.target
        self.role = ""  # the one that is running
        self.operations: list[Operation] = []
        self.asked: dict[str, dict[str, str]] = {}
        self.checks: list[CheckResult] = []
        self.skipped: list[Skipped] = []

    @property
    def running(self) -> str:
        """The name of the operation that was called last."""
        last = next(reversed(self.host.op_hash_order), None)
        return self._name(last) if last in self.state.ops[self.host] else ""

    def run(self, learned: dict[str, dict[str, str]]) -> None:
        """Enter the node and go through its roles."""
        folder = Path(self.target.roles_folder) if self.target.roles_folder else None
        self.host.connect(show_errors=False, raise_exceptions=True)
        self.say(Said(progress=Progress(kind="connected", host=self.target.name)))
        calls: list[tuple[catalog.Role, Any, RoleCall]] = []
        for call in self.target.roles:
            role = catalog.role(call.role, folder)
            if reason := role.why_not(self.target.context):
                self.skipped.append(Skipped(role=role.name, reason=reason))
            else:
                calls.append((role, role.params.model_validate(call.params), call))
        if self.mode != "check":
            keys = [role_key(call, self.target.arch) for _, _, call in calls]
            self.connector.prefetch({raw: text for key in keys for raw, text in learned.get(key, {}).items()})
            with ctx_host.use(self.host):
                for (role, params, _), key in zip(calls, keys, strict=True):
                    self._deploy(role, params, key)
        judged = [(role, params) for role, params, _ in calls if self.mode == "check" or not role.measures]
        self._check([(role.name, check) for role, params in judged for check in self._checks_of(role, params)])

    def _deploy(self, role: catalog.Role, params: Any, key: str) -> None:
        self.role = role.name
        self.say(Said(progress=Progress(kind="role", host=self.target.name, role=role.name)))
        self.connector.asked = self.asked.setdefault(key, {})
        before = len(self.host.op_hash_order)
        try:
            role.deploy(params, self.target.context)
        except BaseException:
            self._take([op for op in self._called(before) if op.is_complete()])
            raise
        self._take(self._called(before))

    def _called(self, since: int) -> list[OperationMeta]:
        """Return the operations that the host was given since then; one that failed to begin is not among them."""
        known = self.state.ops[self.host]
        return [known[op].operation_meta for op in self.host.op_hash_order[since:] if op in known]

    def _take(self, operations: list[OperationMeta]) -> None:
        """Note what a role's operations did, or in a plan would do."""
        self.operations += [self._operation(meta) for meta in operations]
        for reason in self.host.connector_data.pop("left_out", []):
            self.skipped.append(Skipped(role=self.role, reason=reason))

    def _checks_of(self, role: catalog.Role, params: Any) -> list[Check]:
        self.role = role.name
        return role.checks(params, self.target.context)

    def _check(self, checks: list[tuple[str, Check]]) -> None:
        self.role = ""
        texts = commands(checks)
        outputs: dict[str, Output] = dict(zip(texts, self.connector.batch(texts), strict=True)) if texts else {}
        for name, check in checks:
            found = judge(name, check, outputs[check.command])
            (self.skipped if isinstance(found, Skipped) else self.checks).append(found)  # type: ignore[arg-type]

    def _operation(self, meta: OperationMeta) -> Operation:
        data = self.state.ops[self.host][meta._hash]
        if meta.is_complete():
            change, run = meta.did_change(), meta._commands or []
        else:
            conditions = data.global_arguments["_if"] or []
            conditions = conditions if isinstance(conditions, list) else [conditions]
            change = all(condition() for condition in conditions) and meta.will_change
            run = list(data.command_generator()) if change else []
        return Operation(
            role=self.role,
            name=self._name(meta._hash),
            change=change,
            commands=[str(command) for command in run],
            diff=self.host.connector_data.get("differences", {}).get(meta._hash, "") if change else "",
        )

    def _name(self, op: str) -> str:
        data = self.state.ops[self.host][op]
        return str(data.global_arguments.get("name") or ", ".join(self.state.op_meta[op].names))
