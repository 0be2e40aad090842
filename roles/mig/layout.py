"""How a MIG layout is set and seen. Pure."""

from __future__ import annotations

from gigaworks.roles.mig.params import Params
from gigaworks.roles.target import Context

PROBE = "nvidia-smi -L 2>/dev/null | awk '/^GPU/ {gpu = $2} /^ +MIG/ {print gpu, $2}' | sort"
MODE = "nvidia-smi --query-gpu=mig.mode.current --format=csv,noheader 2>/dev/null | sort -u"


def expected(params: Params, context: Context) -> str:
    """Return what PROBE prints where all is well."""
    number = context.accelerators.count if context.accelerators else 0
    lines = [f"{index}: {profile}" for index in range(number) for profile in params.profiles]
    return "\n".join(sorted(lines))


def script(params: Params) -> str:
    """Return shell text that brings the layout about; GPUs in use refuse it."""
    off = "nvidia-smi mig -dci; nvidia-smi mig -dgi"
    if not params.profiles:
        return f"{off}; nvidia-smi -mig 0 || result=1"
    make = f"nvidia-smi mig -cgi {','.join(params.profiles)} -C || result=1"
    return f"nvidia-smi -mig 1 || result=1\n{off}\n{make}"
