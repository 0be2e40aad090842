"""The real drivers: a real Redfish service over TLS, with machines in memory behind it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import msgspec
import pytest

from gigaworks.inventory.blueprint import Blueprint, Node
from gigaworks.inventory.boot.configure import NODES_FILE, BootConfiguration, BootNode
from gigaworks.inventory.canonical import canonical, write_whole
from gigaworks.inventory.fleet import drivers as real
from gigaworks.inventory.fleet.drive import Drive
from gigaworks.inventory.fleet.drivers import drivers_for
from gigaworks.inventory.fleet.protocols import Drivers
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.lab.machine import hardware_of
from gigaworks.inventory.plant import Plant
from gigaworks.inventory.problem import GigaworksError, NotAuthorised

from ..lab_redfish.conftest import PASSWORD, USER, Site  # noqa: TID252 - the tree of tests is no package on the path

SHA = "ab" * 32


class Lab:
    """gpu-01-n1's BMC and rv-01-n1's PDU, served; a site folder with what the drivers need."""

    def __init__(self, root: Path, blueprint: Blueprint) -> None:
        self.served = Site(root)
        self.served.start()
        self.folder = SiteFolder(root / "demo")
        write_whole(self.folder.bmc_password, PASSWORD.encode(), mode=0o600)
        write_whole(self.folder.bmc_ca, self.served.ca.ca_path.read_bytes())
        gpu, board = blueprint.nodes["gpu-01-n1"], blueprint.nodes["rv-01-n1"]
        assert gpu.bmc
        bmc = msgspec.structs.replace(gpu.bmc, address=self.served.bmc, name="n1-bmc", user=USER)
        self.gpu = msgspec.structs.replace(gpu, bmc=bmc)
        self.board = msgspec.structs.replace(board, outlets=["pdu-1/1", "pdu-1/2"])
        pdu = next(iter(blueprint.pdus.values()))
        pdu_bmc = msgspec.structs.replace(pdu.bmc, address=self.served.pdu, name="pdu-1", user=USER)
        pdus = {"pdu-1": msgspec.structs.replace(pdu, name="pdu-1", bmc=pdu_bmc)}
        self.blueprint = msgspec.structs.replace(
            blueprint, pdus=pdus, nodes={**blueprint.nodes, gpu.name: self.gpu, board.name: self.board}
        )
        self.served.machine.hardware = hardware_of(gpu)
        like = BootNode(
            name="",
            arch="x86_64",
            mac="m",
            macs=["m"],
            interface="eth0",
            address="10.0.0.1",
            prefix_length=24,
            gateway=None,
            mtu=1500,
            image=f"debian-{SHA[:12]}.tar",
            sha256=SHA,
            size=1,
        )
        served = {node.name: msgspec.structs.replace(like, name=node.name) for node in (self.gpu, self.board)}
        configuration = BootConfiguration(
            site="demo", domain="d", address="127.0.0.1", http_port=1, authorized_keys=[], nodes=served
        )
        write_whole(self.folder.boot / NODES_FILE, canonical(configuration))
        self.plant = Plant(f"sqlite:///{self.folder.plant}")
        self.plant.nodes.expect(self.blueprint.nodes)

    def drivers(self, node: Node) -> Drivers:
        """Return the real drivers of a node."""
        return drivers_for(self.folder, self.blueprint, node, self.plant, lambda *_: None, Event())


@pytest.fixture
def lab(tmp_path: Path, blueprint: Blueprint, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lab]:
    """Serve the two controllers."""
    monkeypatch.setattr(real, "DARK_S", 0.01)
    made = Lab(tmp_path, blueprint)
    yield made
    made.plant.close()
    made.served.stop()


def test_a_bmc_is_read_told_where_to_boot_from_for_good_and_switched(lab: Lab) -> None:
    """Override continuous (an install that is interrupted must come back to the network), then on, reset, off."""
    drivers = lab.drivers(lab.gpu)
    power, machine = drivers.power, lab.served.machine
    assert (power.has_bmc, power.power()) == (True, "off")
    power.boot_from("network")
    power.set_power("on")
    power.set_power("reset")
    assert machine.source == ("network", False)
    assert machine.log == ["on from network", "reset", "on from network"]
    power.set_power("off")
    assert power.power() == "off"
    power.close()
    assert drivers.image.sha256 == SHA


def test_the_declared_machine_is_discovered_and_verified_over_redfish(lab: Lab) -> None:
    """The inventory goes into the record as data, and compares clean with the SKU it was built from."""
    moving = Drive(lab.gpu, lab.blueprint, lab.drivers(lab.gpu), "d")
    moving.discover()
    moving.verify()
    assert moving.record.state == "verified"
    assert moving.record.serial == lab.served.machine.hardware.serial
    assert moving.record.inventory["accelerators"]
    moving.close()


def test_one_accelerator_less_stops_the_node_before_it_is_powered(lab: Lab) -> None:
    """Count found and declared are both said; the machine stays off; nothing is tried twice."""
    lab.plant.put("hall-h1", "hall", "h1", {})
    lab.plant.put("hall-h1", "rack", lab.gpu.rack, {"nodes": ["gpu-01-n1"]})
    assert lab.gpu.sku.accelerators
    fewer = msgspec.structs.replace(lab.gpu.sku.accelerators, count=1)
    lab.served.machine.hardware = msgspec.structs.replace(lab.served.machine.hardware, accelerators=fewer)
    moving = Drive(lab.gpu, lab.blueprint, lab.drivers(lab.gpu), "d")
    record = moving.bring_up()
    assert (record.state, record.stood) == ("failed", "discovered")
    assert "accelerator count differs" in record.reason
    assert "found 1, declared 2" in record.reason
    assert lab.served.machine.log == []


def test_a_wrong_password_fails_the_node_at_once(lab: Lab) -> None:
    """No ladder for a credential: one refusal, and where the secret is."""
    lab.plant.put("hall-h1", "hall", "h1", {})
    lab.plant.put("hall-h1", "rack", lab.gpu.rack, {"nodes": ["gpu-01-n1"]})
    lab.folder.bmc_password.write_text("wrong")
    record = Drive(lab.gpu, lab.blueprint, lab.drivers(lab.gpu), "d").bring_up()
    assert (record.state, record.attempts) == ("failed", 0)
    assert "bmc-password" in record.reason


def test_a_board_without_a_bmc_is_switched_by_all_its_outlets(lab: Lab) -> None:
    """A reset takes power off every outlet before any comes back, or a second supply would keep the board alive."""
    power, bank = lab.drivers(lab.board).power, lab.served.bank
    assert (power.has_bmc, power.power()) == (False, "on")
    power.set_power("reset")
    assert bank.log == ["1 off", "1 on", "2 on"]
    power.set_power("off")
    assert (bank.states, power.power()) == ({"1": "off", "2": "off"}, "off")
    power.close()


def test_a_board_without_outlets_is_left_to_a_person(lab: Lab) -> None:
    """Who has to press is said in the history."""
    alone = msgspec.structs.replace(lab.board, outlets=[])
    assert "hand" in lab.drivers(alone).power.button


def test_what_is_missing_is_named(lab: Lab) -> None:
    """No password file, and a node that the boot services do not know."""
    with pytest.raises(GigaworksError, match="boot services do not know the node"):
        lab.drivers(lab.blueprint.nodes["arm-01-n1"])
    lab.folder.bmc_password.unlink()
    with pytest.raises(NotAuthorised, match="BMC password is not there"):
        lab.drivers(lab.gpu)


def test_power_ons_behind_one_feeder_are_a_second_apart(lab: Lab) -> None:
    """Whoever asks first comes first; the next one behind the same busway waits its turn, an off does not."""
    power = lab.drivers(lab.gpu).power
    power.power()  # the session is there
    start = time.monotonic()
    power.set_power("on")
    power.set_power("reset")
    lab.drivers(lab.board).power.set_power("on")
    assert time.monotonic() - start >= 2 * lab.blueprint.policy.ramp_s
    power.close()
