"""The lab's blueprint, for everything that plans or moves nodes."""

from __future__ import annotations

from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.declare import declare
from gigaworks.inventory.templates import copy_template


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a site folder made from the lab template."""
    root = tmp_path_factory.mktemp("site") / "demo"
    copy_template("lab", root, {"name": "demo"})
    return root


@pytest.fixture(scope="session")
def blueprint(site: Path) -> Blueprint:
    """Return the lab's blueprint."""
    return declare(site).blueprint
