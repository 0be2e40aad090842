"""What a role would do on a node of which only recorded facts are known; no machine is needed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gigaworks.roles import catalog
from gigaworks.roles.secret import Secret
from gigaworks.roles.target import Context

SYSTEMD = {  # what a real node says of itself, unless the case says otherwise
    "ServiceState": ["systemd no no"],
    "Probe": {"text=[ -d /run/systemd/system ] && echo yes": ["yes"]},
}


@dataclass
class Step:
    """An operation that would change something: its commands, and the file that they would put in place."""

    name: str
    commands: list[str]
    path: str = ""
    content: str = ""
    judge: str = ""


@dataclass
class Plan:
    """What a role would do."""

    steps: list[Step] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)
    restarts: list[str] = field(default_factory=list)

    @property
    def files(self) -> dict[str, str]:
        """The files that would be put in place: path → content."""
        return {step.path: step.content for step in self.steps if step.path}

    def text(self) -> str:
        """Return the plan for people and golden files."""
        lines: list[str] = []
        for step in self.steps:
            lines.append(f"* {step.name}")
            if step.path:
                lines.append(f"  {step.path}" + (f"  judged by: {step.judge}" if step.judge else ""))
                lines += [f"  | {line}".rstrip() for line in step.content.splitlines()]
            else:
                lines += [f"  $ {line}" for command in step.commands for line in command.splitlines()]
        lines += [f"left out: {reason}" for reason in self.left_out]
        lines += [f"needs a restart: {reason}" for reason in self.restarts]
        return "\n".join(lines) + "\n"


def plan(
    role: str,
    params: dict[str, Any],
    context: Context,
    facts: dict[str, dict[str, list[str]]],
    folder: Path | None = None,
) -> Plan:
    """Plan a role; ``facts`` are lines by fact and arguments, and a fact that is not among them is its default.

    ``folder`` is the site's own roles folder.
    """
    from pyinfra.api import Config, Inventory, State
    from pyinfra.context import ctx_host, ctx_state

    state = State(Inventory((["@local"], {})), Config(), check_for_changes=True)
    host = state.inventory.get_host("@local")

    def get_fact(fact: Any, *args: Any, **arguments: Any) -> Any:
        arguments = {name: value for name, value in arguments.items() if not name.startswith("_")}
        key = ", ".join([*map(str, args), *(f"{name}={value}" for name, value in arguments.items())])
        usual = SYSTEMD.get(fact.__name__, {})
        lines = facts.get(fact.__name__, {}).get(key, usual.get(key) if isinstance(usual, dict) else usual)
        if lines is None and hasattr(fact, "default"):
            return fact().default()
        return fact().process(lines or [])

    host.get_fact = get_fact  # type: ignore[assignment, method-assign]
    made = Plan()
    with ctx_state.use(state), ctx_host.use(host):
        known = catalog.role(role, folder)
        known.deploy(known.params.model_validate(params), context)
        for op in host.op_hash_order:
            data = state.ops[host][op]
            conditions = data.global_arguments["_if"] or []
            conditions = conditions if isinstance(conditions, list) else [conditions]
            if not (all(condition() for condition in conditions) and data.operation_meta.will_change):
                continue
            step = Step(data.global_arguments.get("name") or ", ".join(state.op_meta[op].names), [])
            for command in data.command_generator():
                step.commands.append(str(command))
                content = command.connector_arguments.get("_stdin") if hasattr(command, "connector_arguments") else None
                if content is not None:
                    where = str(command).splitlines()
                    step.path = where[-1].rpartition(" ")[2].strip("'")
                    step.content = repr(Secret(b"")) if isinstance(content, bytes) else str(content)
                    after = where.index('cat >"$t"') + 1
                    judged = where[after].endswith(" >&2") and not where[after].startswith("chown")
                    step.judge = where[after].removesuffix(" >&2").replace('"$t"', "{}") if judged else ""
            made.steps.append(step)
    made.left_out = list(host.connector_data.get("left_out", []))
    made.restarts = list(dict.fromkeys(host.connector_data.get("restarts", [])))
    return made
