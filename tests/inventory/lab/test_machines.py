"""The lab's machines as they run: wires, power, architectures, guard rails. Each test leaves the lab as it was."""

from __future__ import annotations

import json

import pytest

from gigaworks.inventory.bmc import Controller, OutletController
from gigaworks.inventory.cabling import compare, neighbours
from gigaworks.inventory.problem import GigaworksError
from gigaworks.inventory.remote import Remote
from gigaworks.stacks.switch.render import frr_conf

from .conftest import Yard, until

pytestmark = pytest.mark.lab


def cable_findings(yard: Yard) -> list[str]:
    seen = {
        name: neighbours(yard.run(name, "lldpcli", "-f", "json0", "show", "neighbors").encode())
        for name in yard.blueprint.switches
    }
    dark = frozenset(name for name in yard.blueprint.nodes if yard.status(name)["power"] == "off")
    return [finding.kind for finding in compare(yard.blueprint, seen, dark)]


def test_nodes_are_off_and_switches_are_on(running: Yard) -> None:
    """After ``up`` every node waits for its power button and every switch runs."""
    nodes = {running.status(name)["power"] for name in running.blueprint.nodes}
    switches = {running.status(name)["power"] for name in running.blueprint.switches}
    assert (nodes, switches) == ({"off"}, {"on"})


def test_switches_see_each_other_as_the_cable_plan_says(running: Yard) -> None:
    """LLDP on the switches finds every cable between running machines where the plan has it, and nothing else."""
    until(lambda: not cable_findings(running))
    seen = neighbours(running.run("leaf-1", "lldpcli", "-f", "json0", "show", "neighbors").encode())
    assert {port for port, end in seen.items() if end.device.startswith("spine")} == {"swp31", "swp32"}


def test_bgp_comes_up_once_configured(running: Yard) -> None:
    """The switches are entered over SSH with the enrolled host key; with their configuration every session comes up."""
    with running.inside():
        for name, switch in running.blueprint.switches.items():
            with Remote(running.folder, name, switch.management.address) as remote:
                remote.write("/etc/frr/frr.conf", frr_conf(switch).encode(), 0o640)
                remote.run("chown frr:frr /etc/frr/frr.conf && vtysh -b")

    def sessions() -> list[str]:
        told = json.loads(running.run("spine-1", "vtysh", "-c", "show bgp summary json"))
        return [peer["state"] for peer in told["ipv4Unicast"]["peers"].values()]

    until(lambda: sessions() == ["Established"] * 2)


def test_an_outlet_powers_the_board_that_has_no_bmc(running: Yard) -> None:
    """The riscv64 board starts with its outlet, boots from the network as riscv64, and dies with its outlet."""
    board = running.blueprint.nodes["rv-01-n1"]
    name, _, number = board.outlets[0].partition("/")
    pdu, password = running.blueprint.pdus[name].bmc, running.folder.bmc_password.read_text()
    with running.inside(), OutletController(pdu.address, pdu.user, password, running.folder.bmc_ca, name) as outlets:
        outlets.set_outlet(number, "on")
        until(lambda: "riscv64, HTTP boot from eth0" in running.console("rv-01-n1"))
        assert running.run("rv-01-n1", "/bin/busybox", "uname", "-m").strip() == "riscv64"
        outlets.set_outlet(number, "off")
        until(lambda: running.status("rv-01-n1")["power"] == "off")


def test_an_aarch64_node_is_one(running: Yard) -> None:
    """A node of another architecture runs its own programs, started by its BMC."""
    node = running.blueprint.nodes["arm-01-n1"]
    assert node.bmc
    password = running.folder.bmc_password.read_text()
    with (
        running.inside(),
        Controller(node.bmc.address, node.bmc.user, password, running.folder.bmc_ca, node.name) as controller,
    ):
        controller.set_power("on")
        until(lambda: "aarch64, HTTP boot from eth0" in running.console("arm-01-n1"))
        assert running.run("arm-01-n1", "/bin/busybox", "uname", "-m").strip() == "aarch64"
        controller.set_power("off")
        until(lambda: running.status("arm-01-n1")["power"] == "off")


def test_a_machine_tells_restart_from_power_off(running: Yard) -> None:
    """``reboot`` starts a machine again, ``shutdown -h`` leaves it off: init ends in the real system calls."""
    before = running.console("spine-2").count("starting from")
    running.run("spine-2", "shutdown", "-r", "now")
    until(lambda: running.console("spine-2").count("starting from") == before + 1)
    until(lambda: running.console("spine-2").rpartition("starting from")[2].count("sshd."))
    running.run("spine-2", "shutdown", "-h", "-P", "now")
    until(lambda: running.status("spine-2")["power"] == "off")
    assert "--- spine-2: power off" in running.console("spine-2")
    running.power("spine-2", "on")
    until(lambda: not cable_findings(running))


def test_the_power_button_asks_init(running: Yard) -> None:
    """A graceful power off goes through init, which stops the services before the machine is off."""
    running.power("spine-2", "shutdown")
    assert running.status("spine-2")["power"] == "off"
    last = running.console("spine-2").rpartition("starting from")[2]
    assert "Will now halt." in last
    assert "--- spine-2: power off" in last
    running.power("spine-2", "on")
    until(lambda: not cable_findings(running))


@pytest.mark.parametrize(
    "command",
    [
        "echo 0 >/proc/sys/kernel/panic",
        "echo b >/proc/sysrq-trigger && test ! -c /proc/sysrq-trigger",
        "mknod /dev/disk b 8 0",
        "chronyd -q 'server 127.0.0.1' -t 1",
        "date -s 2001-01-01",
        "echo 1 >/sys/kernel/mm/ksm/run",
    ],
)
def test_a_machine_cannot_change_the_computer(running: Yard, command: str) -> None:
    """What would reach beyond the machine's own namespaces is refused to its root."""
    with running.inside(), Remote(running.folder, "leaf-2", "10.77.0.10") as remote:
        status, _, _ = remote.attempt(command)
    assert status != 0


def test_a_machine_sets_its_own_network_parameters(running: Yard) -> None:
    """Parameters of its own network namespace are the machine's to set, and nobody else's."""
    computer = open("/proc/sys/net/core/somaxconn").read()  # noqa: SIM115, PTH123
    running.fault("sysctl", "leaf-2", "net.core.somaxconn", "1234")
    assert running.run("leaf-2", "sysctl", "-n", "net.core.somaxconn").strip() == "1234"
    assert open("/proc/sys/net/core/somaxconn").read() == computer  # noqa: SIM115, PTH123
    running.fault("clear")
    assert running.run("leaf-2", "sysctl", "-n", "net.core.somaxconn").strip() != "1234"


def test_swapped_cables_are_seen_and_healed(running: Yard) -> None:
    """Two swapped cables show as a swapped pair at the switches; mended, the plan is met again."""
    until(lambda: not cable_findings(running))
    running.fault("cable", "leaf-1:swp31", "leaf-2:swp31")
    until(lambda: "swapped" in cable_findings(running))
    running.fault("clear")
    until(lambda: not cable_findings(running))


def test_a_machine_that_hangs_never_asks_for_an_address(running: Yard) -> None:
    """A hanging machine is on and says so on its console, and goes no further."""
    running.fault("hang", "sto-03-n1")
    running.power("sto-03-n1", "on")
    until(lambda: "hangs, as told by a fault" in running.console("sto-03-n1"))
    assert "HTTP boot" not in running.console("sto-03-n1")
    running.power("sto-03-n1", "off")
    running.fault("clear")


def test_faults_that_make_no_sense_are_refused(running: Yard) -> None:
    """Unknown faults, machines and numbers of arguments are wrong use; nothing is in force afterwards."""
    for words in (("melt", "leaf-1"), ("hang",), ("hang", "nobody"), ("clear", "99"), ("bmc-dead", "rv-01-n1")):
        with pytest.raises(GigaworksError) as caught:
            running.fault(*words)
        assert caught.value.exit_code == 64
    with pytest.raises(GigaworksError, match="machine is off"):
        running.fault("sysctl", "svc-01-n1", "net.core.somaxconn", "1")
    assert running.fault("list")["in force"] == []
