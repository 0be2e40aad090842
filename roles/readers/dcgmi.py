"""What dcgmi prints: diagnosis as JSON (DCGM 2 to 4), and how many GPUs it discovered."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec


class Test(msgspec.Struct, frozen=True, kw_only=True):
    """A test of ``dcgmi diag``: ``status`` is Pass, Warn, Fail, Skip; ``said`` are its warnings, each once."""

    name: str
    status: str
    said: list[str]


_WORST = ("Fail", "Warn", "Skip", "Pass")


def diagnosis(text: str) -> list[Test]:
    """Read ``dcgmi diag -j``: each test with the worst of its results.

    Raises:
        ValueError: this is not its output.
    """
    start = text.find("{")
    try:
        found = json.loads(text[start:] if start >= 0 else text)
    except ValueError as error:
        raise ValueError(f"not what dcgmi diag -j prints: {text.strip()[:200]}") from error
    body = found.get("DCGM GPU Diagnostic") or found.get("DCGM Diagnostic")
    if not isinstance(body, dict):
        raise ValueError("not what dcgmi diag -j prints: it holds no diagnostic")  # noqa: TRY004
    tests = [test for category in body.get("test_categories", []) for test in category.get("tests", [])]
    return [_test(test) for test in tests]


def _test(test: dict[str, Any]) -> Test:
    results = [*test.get("results", []), *([test["test_summary"]] if "test_summary" in test else [])]
    status = {str(result.get("status", "")).capitalize() for result in results}
    said = [_warning(w) for result in results for w in _listed(result.get("warnings"))]
    worst = next((word for word in _WORST if word in status), ", ".join(sorted(status)))
    return Test(name=str(test.get("name", "")), status=worst, said=list(dict.fromkeys(said)))


def _listed(warnings: Any) -> list[Any]:
    return warnings if isinstance(warnings, list) else [warnings] if warnings else []


def _warning(warning: Any) -> str:
    return str(warning.get("warning", warning)) if isinstance(warning, dict) else str(warning)


def discovered(text: str) -> int:
    """Read ``dcgmi discovery -l``: how many GPUs there are.

    Raises:
        ValueError: it says nothing about GPUs.
    """
    found = re.search(r"^(\d+) GPUs? found", text, re.MULTILINE)
    if not found:
        raise ValueError(text.strip() or "dcgmi said nothing")
    return int(found[1])
