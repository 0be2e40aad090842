"""Controllers of real makers, as recorded: each file in ``expected`` names a tree and what is true of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from gigaworks.inventory.bmc import Controller, Inventory, Unsupported

EXPECTED = sorted((Path(__file__).parent / "expected").glob("*.json"))
Serve = Callable[[dict[str, Any]], Any]
Load = Callable[[str], dict[str, Any]]

REQUESTS: dict[str, Callable[[Controller], None]] = {
    "cap to 300 W": lambda bmc: bmc.set_power_cap(300),
    "no cap": lambda bmc: bmc.set_power_cap(None),
    "boot from network once": lambda bmc: bmc.boot_from("network", once=True),
    "boot from media once": lambda bmc: bmc.boot_from("media", once=True),
    "boot from disk": lambda bmc: bmc.boot_from("disk", once=False),
    "off": lambda bmc: bmc.set_power("off"),
    "off gracefully": lambda bmc: bmc.set_power("off", graceful=True),
    "on": lambda bmc: bmc.set_power("on"),
    "reset": lambda bmc: bmc.set_power("reset"),
}


@pytest.fixture(params=EXPECTED, ids=lambda path: path.stem)
def case(request: pytest.FixtureRequest) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(request.param.read_text())
    return loaded


def test_inventory_is_what_the_tree_says(case: dict[str, Any], record: Serve, tree: Load) -> None:
    """Of every maker's tree we read exactly the facts that a person reads in it; what it does not say is None."""
    recorded = record(tree(case["source"]))
    with Controller(recorded.address, "operator", "made-up", recorded.ca.ca_path) as bmc:
        assert bmc.inventory() == msgspec.convert(case["inventory"], Inventory)
        assert bmc.power() == case["power"]
        assert list(bmc.boot()) == case["boot"]
    assert recorded.logins == 1


def test_requests_are_in_the_makers_words(case: dict[str, Any], record: Serve, tree: Load) -> None:
    """Changes go where this maker keeps them, in values that it lists; what it cannot do is said, not tried."""
    recorded = record(tree(case["source"]))
    with Controller(recorded.address, "operator", "made-up", recorded.ca.ca_path) as bmc:
        for name, expected in case["requests"].items():
            recorded.changes.clear()
            if expected == "unsupported":
                with pytest.raises(Unsupported):
                    REQUESTS[name](bmc)
                assert recorded.changes == []
            else:
                REQUESTS[name](bmc)
                assert [list(change) for change in recorded.changes] == expected, name


def test_controller_without_reset_is_switched_off_and_on(record: Serve, tree: Load) -> None:
    """A controller that knows only on and off gets both for a reset, the second after the first has happened."""
    recorded = record(tree("hpe-cray-ex235a.json"))
    node = recorded.bodies["/redfish/v1/systems/node0"]
    recorded.after_change = lambda change: node.update(
        PowerState="Off" if change[2]["ResetType"] == "ForceOff" else "On"
    )
    with Controller(recorded.address, "operator", "made-up", recorded.ca.ca_path) as bmc:
        bmc.set_power("reset")
        assert [body["ResetType"] for _, _, body in recorded.changes] == ["ForceOff", "On"]
        assert bmc.power() == "on"
