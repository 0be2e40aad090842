"""The lab's parts that need no machine."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path

import msgspec
import pytest

from gigaworks.inventory.blueprint import Accelerators, Blueprint, Pdu
from gigaworks.inventory.declare import declare
from gigaworks.inventory.folder import SiteFolder
from gigaworks.inventory.key_pair import key_pair
from gigaworks.inventory.lab import debian, identity, trees, trim, wiring
from gigaworks.inventory.lab.accelerators import nvidia_smi
from gigaworks.inventory.lab.machine import Hardware, PowerState, hardware_of
from gigaworks.inventory.lab.outlets import LabOutlets
from gigaworks.inventory.lab.packages import RECIPES
from gigaworks.inventory.problem import GigaworksError
from gigaworks.inventory.templates import copy_template
from gigaworks.roles.accelerators.readers import nvidia


@pytest.fixture(scope="module")
def blueprint(tmp_path_factory: pytest.TempPathFactory) -> Blueprint:
    root = tmp_path_factory.mktemp("site") / "demo"
    copy_template("lab", root, {"name": "demo"})
    return declare(root).blueprint


def test_every_cable_is_plugged_once(blueprint: Blueprint) -> None:
    """Every fabric cable of the plan becomes one pair of interfaces, and no port is used twice."""
    lines = [wiring.plug(blueprint, cable) for cable in blueprint.cables if wiring.in_lab(blueprint, cable)]
    ends = [(words[3], words[5]) for words in map(str.split, lines)]
    assert len(lines) == len(blueprint.cables) == len(set(ends))


def test_management_ports_have_names_that_linux_takes(blueprint: Blueprint) -> None:
    """The controller's ends of management cables are distinct and have at most 15 characters."""
    machines = [*blueprint.nodes, *blueprint.switches]
    names = [wiring.machine(blueprint, name)[1].split()[3] for name in machines]
    assert len(set(names)) == len(machines)
    assert all(len(name) <= 15 for name in names)


@pytest.mark.parametrize("count", [0, 1, 8])
def test_the_simulated_nvidia_smi_says_so(blueprint: Blueprint, tmp_path: Path, count: int) -> None:
    """Each output counts what the hardware has, and names it simulated; our own reader of the real tool reads it."""
    hardware = hardware_of(blueprint.nodes["gpu-01-n1"])
    hardware.accelerators = Accelerators(vendor="nvidia", model="H100", count=count)
    tool = tmp_path / "nvidia-smi"
    tool.write_text(nvidia_smi(hardware))

    def run(*arguments: str) -> str:
        return subprocess.run(["sh", str(tool), *arguments], capture_output=True, text=True, check=True).stdout

    found = nvidia(run("-q", "-x"))
    assert found.products == ["H100 (simulated)"] * count
    assert run("-L").count("simulated)") == count
    rows = run("--query-gpu=index,name,serial", "--format=csv,noheader").splitlines()
    assert rows == [f"{n}, H100 (simulated), LAB-GPU-01-N1-{n}" for n in range(count)]


class _Still:
    """A machine as far as outlets ask."""

    def __init__(self, hardware: Hardware, state: PowerState) -> None:
        self.name, self.hardware, self.state = "gpu-01-n1", hardware, state

    def power(self) -> PowerState:
        return self.state


def test_outlets_share_the_draw_and_tell_what_changed(blueprint: Blueprint) -> None:
    """A capped machine draws its cap at most; an outlet that is off draws nothing; only a change is told."""
    machine = _Still(hardware_of(blueprint.nodes["gpu-01-n1"]), "on")
    told: list[tuple[str, PowerState]] = []

    async def changed(device: str, state: PowerState) -> None:
        told.append((device, state))

    pdu: Pdu = blueprint.pdus["gpu-01-pdu-a"]
    bank = LabOutlets(pdu, {"gpu-01-n1": machine}, changed, off=set())  # type: ignore[dict-item]
    busy = bank.draw_w("1")
    machine.hardware.power_cap_w = 300
    assert bank.draw_w("1") == 300 < busy
    asyncio.run(bank.switch("1", "off"))
    asyncio.run(bank.switch("1", "off"))
    assert (bank.draw_w("1"), bank.feeds("gpu-01-n1"), told) == (0.0, False, [("gpu-01-n1", "off")])
    with pytest.raises(KeyError):
        asyncio.run(bank.switch("77", "on"))


def test_known_outlets_keep_their_state(blueprint: Blueprint) -> None:
    """A PDU whose plan gains an outlet leaves the others as they were; a board's new outlet starts off."""

    async def changed(device: str, state: PowerState) -> None: ...

    pdu = blueprint.pdus["cpu-01-pdu-a"]
    bank = LabOutlets(pdu, {}, changed, off={"rv-01-n1"})
    assert bank.outlets() == {"1": "on", "2": "off"}
    asyncio.run(bank.switch("2", "on"))
    bank.plug(msgspec.structs.replace(pdu, outlets={**pdu.outlets, "3": "rv-01-n2"}), {"rv-01-n1", "rv-01-n2"})
    assert bank.outlets() == {"1": "on", "2": "on", "3": "off"}


def test_enrolling_switches_replaces_their_old_keys_only(blueprint: Blueprint, tmp_path: Path) -> None:
    """A switch made anew gets its new key into the known hosts; other machines' lines stay."""
    folder, switch = SiteFolder(tmp_path), blueprint.switches["leaf-1"]
    folder.kept.mkdir()
    old = f"leaf-1,{switch.management.address} ssh-ed25519 OLD\nsvc-01-n1,10.77.1.9 ssh-ed25519 KEPT\n"
    folder.known_hosts.write_text(old)
    key = tmp_path / "flash/etc/ssh/ssh_host_ed25519_key"
    key_pair(key, "leaf-1")
    identity.enrol_switches(folder, [(switch, tmp_path / "flash")])
    lines = folder.known_hosts.read_text().splitlines()
    assert lines[0] == "svc-01-n1,10.77.1.9 ssh-ed25519 KEPT"
    assert lines[1:] == [
        f"leaf-1,{switch.management.address} {' '.join(key.with_suffix('.pub').read_text().split()[:2])}"
    ]
    assert key.stat().st_mode & 0o777 == 0o600


def test_the_switch_tree_keeps_python() -> None:
    """frr-reload needs Python, nodes do not: only the switches' tree unpacks it."""
    excluded = {name: trim.dpkg_options(recipe) for name, recipe in RECIPES.items()}
    assert not any("python3" in option for option in excluded["switch"])
    assert any("python3" in option for option in excluded["riscv64"])


def test_a_tree_is_named_by_what_is_in_it() -> None:
    """Another package, suite or revision gives another name in the cache, the same recipe the same."""
    recipe = RECIPES["riscv64"]
    others = [
        msgspec.structs.replace(recipe, packages=(*recipe.packages, "nano")),
        msgspec.structs.replace(recipe, revision=recipe.revision + 1),
        msgspec.structs.replace(recipe, suite="forky"),
    ]
    assert len({recipe.key, *(other.key for other in others)}) == 4
    assert msgspec.structs.replace(recipe).key == recipe.key


def test_the_mirror_is_the_computers_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mirror is the one apt names for this computer's release, not one of its security or third-party sources."""
    codename = next(
        line.split("=")[1].strip('"')
        for line in Path("/etc/os-release").read_text().splitlines()
        if line.startswith("VERSION_CODENAME=")
    )
    uris = [
        "'https://elsewhere.example/repo/dists/nodistro/InRelease' a 0 ",
        f"'http://mirror.example/debian-security/dists/{codename}-security/InRelease' b 0 ",
        f"'http://mirror.example/debian/dists/{codename}/InRelease' c 0 ",
    ]
    monkeypatch.setattr(debian, "_run", lambda _: "\n".join(uris))
    assert debian.find_mirror() == "http://mirror.example/debian"
    monkeypatch.setattr(debian, "_run", lambda _: uris[0])
    with pytest.raises(debian.BuildFailed, match="name no Debian mirror"):
        debian.find_mirror()


@pytest.mark.root
def test_a_tree_that_cannot_be_built_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A step that fails is told with its last words, and leaves nothing half-built in the cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("APT_CONFIG", str(tmp_path / "apt.conf"))
    (tmp_path / "apt.conf").write_text('Dir::Etc::sourcelist "/dev/null"; Dir::Etc::sourceparts "/dev/null";')
    said: list[str] = []
    with pytest.raises(GigaworksError) as caught:
        trees.ensure(said.append, frozenset({"x86_64"}))
    assert "name no Debian mirror" in caught.value.problems[0].detail
    assert [path.name for path in (tmp_path / "gigaworks/trees").iterdir()] == [".lock"]
