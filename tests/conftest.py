"""The order in which test files begin: the long walks through the lab first, so that two workers end together."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("suite", deadline=None, suppress_health_check=[HealthCheck.too_slow])  # no timed assertion
settings.load_profile("suite")

LAB = Path(__file__).parent / "lab"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the end-to-end tests first; everything else keeps its order."""
    items.sort(key=lambda item: not item.path.is_relative_to(LAB))
