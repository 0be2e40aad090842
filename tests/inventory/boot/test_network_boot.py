"""True network boots in namespaces of their own: DHCP, HTTP, agent, disk, with what can go wrong on the way."""

from __future__ import annotations

import contextlib
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Arch, Blueprint
from gigaworks.inventory.boot import configure
from gigaworks.inventory.boot.client import BootClient
from gigaworks.inventory.boot.disk import installed
from gigaworks.inventory.boot.handlers import agent
from gigaworks.inventory.boot.image import image_store, published
from gigaworks.inventory.folder import SiteFolder

BUSYBOX = shutil.which("busybox") or "busybox"
FIRMWARE = Path(configure.__file__).with_name("firmware.sh")
NODE = "gpu-01-n1"
FILLER = 192 << 20  # bytes, so that a download can be interrupted
MISSING = [tool for tool in ("busybox", "dnsmasq", "ip", "unshare", "ssh-keygen") if shutil.which(tool) is None]

pytestmark = [
    pytest.mark.root,
    pytest.mark.skipif(
        os.geteuid() != 0 or bool(MISSING), reason=f"needs root and {', '.join(MISSING) or 'its tools'}"
    ),
]

START = """
set -e
root=$1 disk=$2 busybox=$3 firmware=$4
mount -t tmpfs boot "$root"
mkdir -p "$root/bin" "$root/proc" "$root/sys" "$root/dev"
cp "$busybox" "$root/bin/busybox"
cp "$firmware" "$root/firmware.sh"
mount -t proc proc "$root/proc"
mount -t sysfs sys "$root/sys"
mount --rbind /dev "$root/dev"
[ -d "$disk" ] && mkdir "$root/disk" && mount --bind "$disk" "$root/disk"
exec chroot "$root" /bin/busybox sh /firmware.sh
"""


def run(*command: str) -> None:
    subprocess.run(command, check=True, timeout=30, capture_output=True)


def wait(condition: Callable[[], object], seconds: float, pause: float = 0.05) -> None:
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, f"not within {seconds} s"
        time.sleep(pause)


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a small true root: busybox, this computer's ssh-keygen with its libraries, and filler."""
    root = tmp_path_factory.mktemp("tree")
    for folder in ("bin", "etc/ssh", "root", "sbin", "tmp", "usr/bin"):
        (root / folder).mkdir(parents=True)
    shutil.copy(BUSYBOX, root / "bin/busybox")
    (root / "bin/sh").symlink_to("busybox")
    (root / "sbin/init").symlink_to("../bin/busybox")
    (root / "etc/passwd").write_text("root:x:0:0:root:/root:/bin/sh\n")
    (root / "etc/ssh/ssh_host_ed25519_key").write_text("left over in the image: must never reach a node\n")
    keygen = shutil.which("ssh-keygen")
    assert keygen
    shutil.copy(keygen, root / "usr/bin/ssh-keygen")
    libraries = subprocess.run(["ldd", keygen], check=True, capture_output=True, text=True, timeout=10).stdout
    for library in re.findall(r"(/\S+) \(0x", libraries):
        target = root / library.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(library, target)
    with (root / "filler").open("wb") as file:
        file.truncate(FILLER)
    return root


class Yard:
    """A controller's network namespace with the boot services, and one machine beside it."""

    def __init__(self, folder: SiteFolder, disk: Path) -> None:
        self.folder = folder
        self.disk = disk
        self.client = BootClient(folder)
        self.console = folder.root / "console.log"
        self._log = (folder.root / "server.log").open("ab")
        self._ends = contextlib.ExitStack()
        self._controller = self._namespace()
        self._machine = self._namespace()
        self._server: subprocess.Popen[bytes] | None = None
        self._node: subprocess.Popen[bytes] | None = None
        inside = ("nsenter", f"--net=/proc/{self._controller}/ns/net", "ip")
        run(*inside, "link", "set", "lo", "up")
        run(*inside, "link", "add", "mgmt0", "type", "bridge")
        run(*inside, "address", "add", "10.77.1.1/24", "dev", "mgmt0")
        run(*inside, "link", "set", "mgmt0", "up")
        run(*inside, "link", "add", "port1", "type", "veth", "peer", "name", "eth0", "netns", str(self._machine))
        run(*inside, "link", "set", "port1", "master", "mgmt0", "up")
        self.set_mac("02:00:00:00:00:0b")

    def _namespace(self) -> int:
        before = Path("/proc/self/ns/net").readlink()
        process = subprocess.Popen(["unshare", "--net", "sleep", "600"])
        self._ends.callback(process.wait, 10)
        self._ends.callback(process.kill)
        wait(lambda: Path(f"/proc/{process.pid}/ns/net").readlink() != before, 10)
        return process.pid

    def set_mac(self, mac: str) -> None:
        """Change the MAC address of the machine's NIC."""
        inside = ("nsenter", f"--net=/proc/{self._machine}/ns/net", "ip", "link", "set", "eth0")
        run(*inside, "down")
        run(*inside, "address", mac)

    def serve(self) -> None:
        """Start the boot services and wait for their socket."""
        self._server = subprocess.Popen(
            [
                *("nsenter", f"--net=/proc/{self._controller}/ns/net"),
                *(sys.executable, "-m", "gigaworks.inventory.boot.server", str(self.folder.root)),
            ],
            stderr=self._log,
            stdout=self._log,
        )
        wait(self.answers, 15)

    def answers(self) -> bool:
        """Whether the boot services answer on their socket."""
        with contextlib.suppress(Exception):
            return self.client.state()["dhcp"] is not None
        return False

    def signal_server(self, number: int) -> None:
        """Send the boot services a signal; after a deadly one wait for their end."""
        assert self._server is not None
        self._server.send_signal(number)
        if number in {signal.SIGKILL, signal.SIGTERM}:
            self._server.wait(10)

    def power_on(self, firmware: Path = FIRMWARE) -> None:
        """Start the machine's firmware as PID 1 of its own namespaces."""
        root = self.folder.root / "firmware"
        root.mkdir(exist_ok=True)
        command = ["nsenter", f"--net=/proc/{self._machine}/ns/net"]
        command += ["unshare", "--mount", "--uts", "--ipc", "--pid", "--fork", "--kill-child"]
        command += ["sh", "-c", START, "start", str(root), str(self.disk), BUSYBOX, str(firmware)]
        self._node = subprocess.Popen(command, stdout=self.console.open("ab"), stderr=subprocess.STDOUT)

    def pull_the_plug(self) -> None:
        """End the machine at once."""
        assert self._node is not None
        self._node.kill()
        self._node.wait(10)

    def ended(self, seconds: float = 60) -> str:
        """Wait until the machine's PID 1 is gone and say how it ended."""
        assert self._node is not None
        code = self._node.wait(seconds)
        return {-signal.SIGHUP: "reboot", -signal.SIGINT: "power off", 10: "next boot entry"}.get(code, str(code))

    def namespace(self) -> Path:
        """Return the identity of the controller's network namespace."""
        return Path(f"/proc/{self._controller}/ns/net").readlink()

    def stage(self) -> str:
        """Return the stage of the node's installation."""
        return str(self.client.status(NODE)["stage"])

    def close(self) -> None:
        """End everything that was started."""
        for process in (self._node, self._server):
            if process is not None and process.poll() is None:
                process.kill()
                process.wait(10)
        self._ends.close()
        self._log.close()


@pytest.fixture(scope="module")
def whole_folder(
    design: Callable[..., Blueprint],
    site_folder: Callable[..., SiteFolder],
    tree: Path,
    tmp_path_factory: pytest.TempPathFactory,
) -> SiteFolder:
    folder = site_folder(tmp_path_factory.mktemp("published") / "site", tree)
    configure.write(folder, configure.prepare(folder, design()))
    return folder


@pytest.fixture
def yard(whole_folder: SiteFolder, tmp_path: Path) -> Iterator[Yard]:
    """Make a yard of its own for each test; the image is linked, not copied."""
    folder = SiteFolder(tmp_path / "site")
    shutil.copytree(whole_folder.boot, folder.boot, copy_function=os.link)
    shutil.copytree(whole_folder.secrets, folder.secrets)
    disk = tmp_path / "disk"
    disk.mkdir()
    yard = Yard(folder, disk)
    yield yard
    yard.close()
    if yard.console.exists():
        sys.stdout.write(yard.console.read_text(errors="replace"))
    sys.stdout.write((folder.root / "server.log").read_text())


def test_a_node_installs_itself_over_the_network(yard: Yard) -> None:
    """Lease, boot file, inventory, verified image, seed, own host key, reboot; then the disk is what boots.

    The same order again, and a network boot without an order, touch no disk.
    """
    yard.serve()
    yard.client.expect(NODE, "order-1")
    yard.power_on()
    assert yard.ended() == "reboot"

    status = yard.client.status(NODE)
    assert (status["stage"], status["arch"], status["error"]) == ("done", "x86_64", "")
    assert installed(yard.disk)
    assert (yard.disk / "root/etc/hostname").read_text() == f"{NODE}\n"
    public = (yard.disk / "root/etc/ssh/ssh_host_ed25519_key.pub").read_text()
    assert status["host_key"] == " ".join(public.split()[:2])
    private = yard.disk / "root/etc/ssh/ssh_host_ed25519_key"
    shown = subprocess.run(["ssh-keygen", "-y", "-f", private], check=True, capture_output=True, text=True, timeout=10)
    assert shown.stdout.split()[1] == status["host_key"].split()[1]
    assert sorted(entry.name for entry in yard.disk.iterdir()) == ["installed", "root"]
    assert int(status["inventory"]["memory_kib"]) > 0

    inode = (yard.disk / "root").stat().st_ino
    yard.client.expect(NODE, "order-1")
    yard.power_on()
    assert yard.ended() == "next boot entry"
    assert (yard.disk / "root").stat().st_ino == inode
    assert yard.client.status(NODE)["host_key"] == status["host_key"]


def test_a_wrong_image_never_reaches_the_root(yard: Yard) -> None:
    """A digest mismatch is reported with both digests after a second try, and the old system stays as it was."""
    (yard.disk / "root").mkdir()
    (yard.disk / "installed").write_text("order-0\n")
    image = published(image_store(yard.folder), "debian-x86_64")
    path = image_store(yard.folder) / image.name
    changed = path.with_suffix(".changed")
    shutil.copy(path, changed)
    with changed.open("r+b") as file:
        file.seek(FILLER // 2)
        file.write(b"!")
    changed.replace(path)
    yard.serve()
    yard.client.expect(NODE, "order-1")
    yard.power_on()

    assert yard.ended() == "power off"
    status = yard.client.status(NODE)
    assert status["stage"] == "failed"
    assert f"expected {image.sha256}, fetched " in status["error"]
    assert [entry["stage"] for entry in status["history"]].count("verifying") == 2
    assert installed(yard.disk)


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ("size=64m", r"disk full: \d+ MiB are needed, 64 MiB are free"),
        ("size=900m,nr_inodes=12", "cannot be unpacked.* and 0 inodes are free"),
    ],
)
def test_a_full_disk_is_named(yard: Yard, options: str, error: str) -> None:
    """Too small is seen before anything is fetched; full on the way is seen when it happens."""
    run("mount", "-t", "tmpfs", "-o", options, "disk", str(yard.disk))
    try:
        yard.serve()
        yard.client.expect(NODE, "order-1")
        yard.power_on()
        assert yard.ended() == "power off"
        status = yard.client.status(NODE)
        assert status["stage"] == "failed"
        assert re.search(error, status["error"])
        assert not installed(yard.disk)
    finally:
        run("umount", str(yard.disk))


def test_a_machine_without_a_disk_says_so(yard: Yard) -> None:
    """Nothing is mounted to install on: the order fails with that reason, it does not hang."""
    yard.disk.rmdir()
    yard.serve()
    yard.client.expect(NODE, "order-1")
    yard.power_on()
    assert yard.ended() == "power off"
    assert "no disk is mounted at /disk" in yard.client.status(NODE)["error"]


def test_an_agent_that_nobody_answers_powers_off(yard: Yard) -> None:
    """The boot services away: a bounded number of tries, the cause on the console, power off."""
    script = agent("http://10.77.1.1:8080").replace("tries=30 ", "tries=3 ").replace("pause=2 ", "pause=0 ")
    start = "/bin/busybox --install -s /bin; ip link set eth0 up; ip addr add 10.77.1.11/24 dev eth0; mkdir /tmp"
    firmware = yard.folder.root / "firmware.sh"
    firmware.write_text(f"export PATH=/bin\n{start}\n(\n{script}\n)\n")
    yard.power_on(firmware)

    assert yard.ended() == "power off"
    said = yard.console.read_text()
    assert said.count("try ") == 2
    assert "the boot services do not answer: " in said
    assert "Connection refused" in said


def test_a_server_killed_in_mid_download_is_waited_for(yard: Yard) -> None:
    """SIGKILL for the boot services while the image flows: the same installation goes on where it stopped."""
    image = published(image_store(yard.folder), "debian-x86_64")
    target = yard.disk / image.name
    yard.serve()
    yard.client.expect(NODE, "order-1")
    yard.power_on()
    wait(lambda: target.exists() and target.stat().st_size > 0, 30, pause=0.001)
    yard.signal_server(signal.SIGKILL)
    reached = target.stat().st_size
    assert 0 < reached < image.size
    time.sleep(3)
    yard.serve()

    assert yard.ended() == "reboot"
    status = yard.client.status(NODE)
    assert status["stage"] == "done"
    assert [entry["stage"] for entry in status["history"]].count("discovered") == 1
    assert installed(yard.disk)


def test_dnsmasq_goes_with_its_server_and_comes_back_when_it_dies(yard: Yard) -> None:
    """A dead dnsmasq is started again; a dead server leaves none behind."""
    yard.serve()
    wait(lambda: dnsmasq_of(yard), 5)
    (first,) = dnsmasq_of(yard)
    assert Path(f"/proc/{first}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
    os.kill(first, signal.SIGKILL)
    wait(lambda: dnsmasq_of(yard) not in ([], [first]), 5)
    yard.signal_server(signal.SIGKILL)
    wait(lambda: not dnsmasq_of(yard), 5)


def test_a_server_without_configuration_waits_for_one(yard: Yard, design: Callable[..., Blueprint]) -> None:
    """Started with an empty folder it picks its configuration up at a reload, and a bad one changes nothing.

    Where the files are taken away, a reload ends the service.
    """
    files = configure.read(yard.folder.boot)
    for name in files:
        (yard.folder.boot / name).unlink()
    yard.serve()
    assert yard.client.config_digest() is None
    assert yard.client.state()["nodes"] == 0

    configure.write(yard.folder, files)
    assert yard.client.reload()["nodes"] == 3
    assert yard.client.config_digest() == configure.files_digest(files)

    configure.write(yard.folder, {**files, configure.DHCP_FILE: b"no-such-option\n"})
    with pytest.raises(Exception, match="dnsmasq refuses"):
        yard.client.reload()
    assert yard.client.config_digest() is None
    assert yard.client.state()["loaded"] == configure.files_digest(files)
    assert yard.client.state()["dhcp"] == "running"

    other = configure.prepare(yard.folder, design(arches={NODE: "x86_64"}))
    configure.write(yard.folder, other)
    yard.signal_server(signal.SIGHUP)
    wait(lambda: yard.client.config_digest() == configure.files_digest(other), 5)

    for name in other:
        (yard.folder.boot / name).unlink()
    assert yard.client.reload()["nodes"] == 0
    assert dnsmasq_of(yard) == []


@pytest.mark.parametrize("wrong", ["arch", "mac"])
def test_the_wrong_machine_is_refused(yard: Yard, design: Callable[..., Blueprint], wrong: str) -> None:
    """A machine of another architecture is told so and powered off; one that nobody declared gets no lease."""
    arches: dict[str, Arch] = {NODE: "aarch64" if wrong == "arch" else "x86_64"}
    configure.write(yard.folder, configure.prepare(yard.folder, design(arches=arches)))
    yard.serve()
    yard.client.expect(NODE, "order-1")
    if wrong == "mac":
        yard.set_mac("02:00:00:00:00:99")
        yard.power_on()
        wait(lambda: "no lease for HTTP boot" in yard.console.read_text(), 30)
        assert yard.stage() == "expected"
    else:
        yard.power_on()
        assert yard.ended() == "power off"
        assert yard.stage() == "refused"
        assert "declared aarch64, but the machine says x86_64" in yard.client.status(NODE)["error"]
    assert list(yard.disk.iterdir()) == []


@pytest.mark.parametrize("stage", ["fetching", "unpacking"])
def test_power_lost_in_mid_installation_leaves_nothing_bootable(yard: Yard, stage: str) -> None:
    """The plug pulled at any stage: the disk is not bootable, and the next start installs by the same order."""
    yard.serve()
    yard.client.expect(NODE, "order-1")
    yard.power_on()
    wait(lambda: yard.stage() == stage, 60, pause=0.002)
    yard.pull_the_plug()
    assert not installed(yard.disk)

    yard.power_on()
    assert yard.ended() == "reboot"
    assert yard.stage() == "done"
    assert installed(yard.disk)
    assert not (yard.disk / "root.new").exists()


def dnsmasq_of(yard: Yard) -> list[int]:
    """Return the dnsmasq processes in the yard's own network namespace."""
    here = yard.namespace()
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if (process / "comm").read_text() == "dnsmasq\n" and (process / "ns/net").readlink() == here:
                found.append(int(process.name))
    return found
