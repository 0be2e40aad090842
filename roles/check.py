"""A check: commands whose output gives one observed value, to be compared with the expected one."""

from __future__ import annotations

import hashlib
import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from gigaworks.roles.target import CheckResult, Skipped


class Output(NamedTuple):
    """What a command on a node said; ``code`` is its exit status, None when it never ran."""

    code: int | None
    text: str


class UnreadableError(Exception):
    """The output holds no such value; the message says what was missing."""


class NotHereError(Exception):
    """The check does not apply to this node; the message says what is left out and why."""


def text(output: Output) -> str:
    """Read the whole output as one value; a failing command gives none."""
    if output.code != 0:
        raise UnreadableError(output.text.strip() or f"exit status {output.code}")
    return output.text.strip()


def exit_status(output: Output) -> int:
    """Read the exit status as the value."""
    if output.code is None:
        raise UnreadableError("the command did not run")
    return output.code


def yes(output: Output) -> str:
    """Read success as ``yes`` and failure as ``no``."""
    return "yes" if exit_status(output) == 0 else "no"


@dataclass(frozen=True)
class Check:
    """One setting or quantity.

    ``command`` is shell text, run as root on the node in one batch with all others; the same text runs once.
    ``read`` turns its output into the observed value and raises UnreadableError or NotHereError. ``holds`` gets
    observed and expected; ``operator.ge`` makes ``expected`` a lower threshold. ``unit`` belongs to both values.
    """

    id: str
    summary: str
    command: str
    expected: Any
    read: Callable[[Output], Any] = text
    holds: Callable[[Any, Any], bool] = operator.eq
    unit: str = ""


EVIDENCE_CHARACTERS = 4096


def judge(role: str, check: Check, output: Output) -> CheckResult | Skipped:
    """Compare what the node said with what is expected."""
    evidence: dict[str, Any] = {
        "command": check.command,
        "code": output.code,
        "output": output.text[:EVIDENCE_CHARACTERS],
        "sha256": hashlib.sha256(output.text.encode()).hexdigest(),
    }
    observed: Any = None
    try:
        observed = check.read(output)
        ok = bool(check.holds(observed, check.expected))
    except NotHereError as why:
        return Skipped(role=role, reason=str(why))
    except (UnreadableError, ValueError, KeyError, IndexError, TypeError) as why:
        ok, evidence["unreadable"] = False, f"{type(why).__name__}: {why}"
    return CheckResult(
        role=role,
        id=check.id,
        summary=check.summary,
        expected=check.expected,
        observed=observed,
        unit=check.unit,
        ok=ok,
        evidence=evidence,
    )


def commands(checks: Sequence[tuple[str, Check]]) -> list[str]:
    """Return each command once, in the order of the checks."""
    return list(dict.fromkeys(check.command for _, check in checks))


def told(observed: Any, expected: Any) -> bool:
    """Hold where the values are equal or nothing is expected: the observed one is then told, not judged."""
    return expected is None or bool(observed == expected)
