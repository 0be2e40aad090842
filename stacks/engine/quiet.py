"""Every setting that makes the engine fast and keeps it to itself; nothing of it changes Pulumi's own code."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

VERSION = "3.259.0"  # of the CLI; the wheel in pyproject.toml and cli/go.mod are pinned to the same

_SETTINGS = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    "PULUMI_DISABLE_REGISTRY_RESOLVE": "true",
    "PULUMI_NEO": "false",
    # The state is written once, at the end, not twice a change. Right for our own provider only, which is
    # idempotent, and behind our lease.
    "PULUMI_SKIP_CHECKPOINTS": "true",
    # No Diff call where old and new inputs are equal; drift comes through the inputs that Read returns.
    "PULUMI_ENABLE_LEGACY_DIFF": "true",
    "PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS": "true",
}


def environment(home: Path, backend: str, passphrase: Path) -> dict[str, str]:
    """Return the environment in which the CLI runs: the user's own, with every Pulumi setting replaced by ours."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PULUMI_")}
    return {
        **kept,
        **_SETTINGS,
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": backend,
        "PULUMI_CONFIG_PASSPHRASE_FILE": str(passphrase),
    }


def quiet_home(home: Path) -> None:
    """Make a home of its own, with a *file* where the CLI would keep a debug log of every run.

    It runs on without the log and saves a second of CPU per 2,000 resources. To debug: delete ``logs``.
    """
    home.mkdir(parents=True, exist_ok=True)
    logs = home / "logs"
    if not logs.exists():
        logs.touch()


def quiet_sdk() -> None:
    """Drop the SDK's debug messages: four blocking calls a resource. First line of every program.

    The engine's stub is a context variable, so this holds for the running program only.
    """
    from pulumi.runtime import settings

    settings.SETTINGS.engine = _Quiet(settings.SETTINGS.engine)


class _Quiet:
    def __init__(self, engine: Any) -> None:
        self._engine = engine

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def Log(self, request: Any, *rest: Any, **named: Any) -> Any:  # noqa: N802 - the protocol's name
        return self._engine.Log(request, *rest, **named) if request.severity else None
