"""What pyinfra works out anew for every fact and operation, worked out once in this process."""

from __future__ import annotations

import functools
import importlib
import inspect
import shlex
from types import SimpleNamespace
from typing import Any

from gigaworks.roles.facts import accounts


def quicken() -> None:
    """Have this process do so; what pyinfra answers stays the same."""
    arguments, command, facts, operation = (
        importlib.import_module(f"pyinfra.api.{name}") for name in ("arguments", "command", "facts", "operation")
    )
    arguments.get_type_hints = functools.cache(arguments.get_type_hints)  # type: ignore[attr-defined]
    operation.signature = functools.cache(inspect.signature)  # type: ignore[attr-defined]
    command.shlex = SimpleNamespace(split=functools.cache(shlex.split), quote=shlex.quote)  # type: ignore[attr-defined]
    facts.pop_global_arguments = operation.pop_global_arguments = _pop_global_arguments  # type: ignore[attr-defined]
    accounts.quicken()


def _pop_global_arguments(state: Any, host: Any, kwargs: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    """Return what the host's data and the settings say, where the call itself says nothing else."""
    from pyinfra.api.arguments import pop_global_arguments

    if not host.current_deploy_kwargs:
        usual = _usual(state, host)
        named = [key for key in kwargs if key in usual]
        if all(_plain(key, kwargs[key], usual[key]) for key in named):
            return {**usual, **{key: kwargs.pop(key) for key in named}}, named
    return pop_global_arguments(state, host, kwargs)  # type: ignore[return-value]


def _plain(key: str, value: Any, usual: Any) -> bool:
    """Return whether pyinfra would take a value as it is."""
    if key == "name":
        return isinstance(value, str)
    if key == "_if":
        return value is None or callable(value) or (isinstance(value, list) and all(map(callable, value)))
    return value is usual or bool(value == usual)


@functools.cache
def _usual(state: Any, host: Any) -> dict[str, Any]:
    from pyinfra.api.arguments import pop_global_arguments

    found, _ = pop_global_arguments(state, host, {})
    return dict(found)
