"""The record of installations: what an agent is told, and what it may report."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Blueprint
from gigaworks.inventory.boot import configure
from gigaworks.inventory.boot.configure import BootNode
from gigaworks.inventory.boot.image import Image
from gigaworks.inventory.boot.installs import Answer, Installs
from gigaworks.inventory.problem import GigaworksError, Refused

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHhostkey"


@pytest.fixture
def node(design: Callable[..., Blueprint]) -> BootNode:
    blueprint = design(arches={"gpu-01-n1": "x86_64"})
    image = Image(name="i.tar", arch="x86_64", sha256="0" * 64, size=1)
    files = configure.configure(blueprint, {"debian-x86_64": image}, [])
    return configure.decode(files[configure.NODES_FILE]).nodes["gpu-01-n1"]


@pytest.fixture
def installs(tmp_path: Path) -> Installs:
    ticks = itertools.count()
    return Installs(tmp_path / "installs", now=lambda: f"2026-01-01T00:00:{next(ticks):02}+00:00")


def ask(installs: Installs, node: BootNode, **changed: str) -> Answer:
    remote = changed.pop("remote", node.address)
    inventory = {"mac": node.mac, "macs": node.mac, "arch": node.arch, "installed": ""} | changed
    return installs.ask(node, inventory, remote)


def finish(installs: Installs, node: BootNode) -> str:
    token = ask(installs, node).token
    installs.report(token, {"stage": "seeding", "host_key": KEY})
    installs.report(token, {"stage": "done"})
    return token


def test_nothing_is_installed_that_was_not_ordered(installs: Installs, node: BootNode) -> None:
    """A node that asks without an order waits with an empty disk and boots an installed one."""
    assert ask(installs, node).action == "wait"
    assert ask(installs, node, installed="by somebody").action == "disk"
    assert installs.status(node.name).stage == "discovered"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"arch": "riscv64"}, "declared x86_64, but the machine says riscv64"),
        ({"macs": "02:ff:ff:ff:ff:ff"}, "not there: 02:00:00:00:00:0b"),
        ({"remote": "10.77.1.99"}, "asks from 10.77.1.99"),
    ],
)
def test_a_machine_that_is_not_the_declared_one_is_refused(
    installs: Installs, node: BootNode, changed: dict[str, str], reason: str
) -> None:
    """Wrong architecture, missing NIC, wrong address: no token, and the status names the difference."""
    installs.expect(node.name, "order-1")
    answer = ask(installs, node, **changed)

    assert (answer.action, answer.token) == ("refuse", "")
    assert reason in answer.reason
    assert installs.status(node.name).stage == "refused"
    assert installs.status(node.name).error == answer.reason


def test_an_order_is_carried_out_once(installs: Installs, node: BootNode) -> None:
    """After done, neither the same order nor the old token leads to a second disk write; a new order does."""
    installs.expect(node.name, "order-1")
    token = finish(installs, node)
    installs.expect(node.name, "order-1")

    assert installs.status(node.name).stage == "done"
    assert installs.status(node.name).host_key == KEY
    assert ask(installs, node, installed="order-1").action == "disk"
    assert installs.report(token, {"stage": "done"}) == node.name  # told twice because the answer was lost
    with pytest.raises(Refused):
        installs.report(token, {"stage": "fetching"})
    with pytest.raises(Refused):
        installs.seed_for(token)
    installs.expect(node.name, "order-2")
    assert ask(installs, node, installed="order-1").action == "install"
    assert installs.status(node.name).host_key is None


def test_a_lost_done_report_does_not_install_again(installs: Installs, node: BootNode) -> None:
    """A disk that holds the open order, with its host key reported, is done."""
    installs.expect(node.name, "order-1")
    installs.report(ask(installs, node).token, {"stage": "seeding", "host_key": KEY})

    assert ask(installs, node, installed="order-1").action == "disk"
    assert installs.status(node.name).stage == "done"


def test_a_restarted_agent_voids_the_token_before(installs: Installs, node: BootNode) -> None:
    """Only the last start of the node may report, and a forgotten node none."""
    installs.expect(node.name, "order-1")
    first, second = ask(installs, node).token, ask(installs, node).token

    with pytest.raises(Refused):
        installs.report(first, {"stage": "fetching"})
    installs.report(second, {"stage": "fetching"})
    installs.forget(node.name)
    with pytest.raises(Refused):
        installs.report(second, {"stage": "fetching"})


def test_everything_survives_a_restart_and_no_token_is_kept(installs: Installs, node: BootNode, tmp_path: Path) -> None:
    """The record is read back as it was; the token itself stands nowhere in it."""
    installs.expect(node.name, "order-1")
    token = ask(installs, node).token
    again = Installs(tmp_path / "installs")

    assert again.status(node.name) == installs.status(node.name)
    assert token not in (tmp_path / "installs/gpu-01-n1.json").read_text()
    assert again.report(token, {"stage": "unpacking"}) == node.name


def test_a_damaged_record_is_named(tmp_path: Path) -> None:
    """A file that cannot be read stops the services with its path, instead of starting from nothing."""
    (tmp_path / "gpu-01-n1.json").write_text("{")
    with pytest.raises(GigaworksError, match=r"gpu-01-n1\.json"):
        Installs(tmp_path)


@pytest.mark.parametrize(
    "fields", [{"stage": "flying"}, {"stage": "seeding", "host_key": "ssh-rsa AAAA"}, {"stage": "done"}]
)
def test_reports_that_make_no_sense_are_refused(installs: Installs, node: BootNode, fields: dict[str, str]) -> None:
    """Unknown stages, other key types and a done without a host key change nothing."""
    installs.expect(node.name, "order-1")
    token = ask(installs, node).token
    with pytest.raises(GigaworksError):
        installs.report(token, fields)

    assert installs.status(node.name).stage == "discovered"
