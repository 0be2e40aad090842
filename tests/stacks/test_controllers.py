"""Node settings and PDU limits against the lab's Redfish service, over TLS."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gigaworks.inventory.folder import SiteFolder
from gigaworks.stacks.provider.handler import Context, Handler, UnreadableError
from gigaworks.stacks.provider.node_settings import NodeSettings
from gigaworks.stacks.provider.pdu_limits import PduLimits
from tests.inventory.lab_redfish.conftest import PASSWORD, USER, Site


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Site]:
    """Serve a BMC and a PDU, and write what the provider needs to know into the site folder."""
    folder = SiteFolder(tmp_path)
    folder.secrets.mkdir(parents=True)
    folder.bmc_password.write_text(PASSWORD + "\n")
    site = Site(tmp_path)
    site.start()
    folder.bmc_ca.write_bytes(site.ca.ca_path.read_bytes())
    yield site
    site.stop()


def _do(handler: Handler, what: str, site: Site, inputs: dict[str, Any]) -> Any:
    context = Context({"GIGAWORKS_SITE": str(site.folder)})
    return asyncio.run(getattr(handler, what)(context, "n1", inputs))


def _controller(site: Site, name: str, address: str) -> dict[str, str]:
    return {"name": name, "address": f"{address}:{site.port}", "user": USER}


def test_a_power_cap_is_set_read_back_and_its_change_seen(served: Site) -> None:
    """The cap reaches the machine; somebody's other cap is seen as it is, and set right by the next apply."""
    inputs = {"controller": _controller(served, "n1-bmc", "127.0.0.2"), "boot": "disk", "power_cap_w": 900}
    _do(NodeSettings(), "apply", served, inputs)
    assert served.machine.hardware.power_cap_w == 900
    assert _do(NodeSettings(), "observe", served, inputs) == inputs
    served.machine.hardware.power_cap_w = 1200
    served.machine.set_boot("network", once=False)
    assert _do(NodeSettings(), "observe", served, inputs) == {**inputs, "power_cap_w": 1200, "boot": "network"}
    _do(NodeSettings(), "apply", served, inputs)
    assert (served.machine.hardware.power_cap_w, served.machine.boot()) == (900, ("disk", False))


def test_an_installation_under_way_is_left_alone(served: Site) -> None:
    """A boot from the network for the next start only is the fleet's doing: no drift, and apply does not undo it."""
    inputs = {"controller": _controller(served, "n1-bmc", "127.0.0.2"), "boot": "disk"}
    served.machine.set_boot("network", once=True)
    assert _do(NodeSettings(), "observe", served, inputs) == inputs
    _do(NodeSettings(), "apply", served, inputs)
    assert served.machine.boot() == ("network", True)


def test_a_pdu_gets_its_limit(served: Site) -> None:
    """The limit in kW reaches the PDU and is read back; a limit taken away is seen as absent."""
    inputs = {"controller": _controller(served, "pdu-1", "127.0.0.3"), "limit_kw": 7.4}
    _do(PduLimits(), "apply", served, inputs)
    assert served.bank.limit_w == 7400
    assert _do(PduLimits(), "observe", served, inputs) == inputs
    served.bank.limit_w = None
    assert "limit_kw" not in _do(PduLimits(), "observe", served, inputs)


def test_a_controller_that_is_not_there_is_unreadable(served: Site) -> None:
    """Nothing answers: that is said, with the controller's name, and no value is made up."""
    inputs = {"controller": {"name": "n9-bmc", "address": "127.0.0.9:1", "user": USER}, "boot": "disk"}
    with pytest.raises(UnreadableError, match="n9-bmc"):
        _do(NodeSettings(), "observe", served, inputs)
