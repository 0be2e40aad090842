"""The laws: what must hold before anything changes."""

from __future__ import annotations

import datetime

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.model.resolved import Site
from gigaworks.inventory.problem import Problem


def check(blueprint: Blueprint, site: Site, today: datetime.date) -> list[Problem]:  # noqa: ARG001
    """Return every finding."""
    return []
