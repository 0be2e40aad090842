"""What follows from declared accelerators: of each vendor, and of each way in which GPUs are joined."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from gigaworks.inventory.blueprint import Accelerators
from gigaworks.roles import catalog, gpu
from gigaworks.roles.check import Output, judge
from gigaworks.roles.nvidia_driver import settings as nvidia
from gigaworks.roles.nvidia_driver.params import Params as Driver
from gigaworks.roles.rdma import settings as rdma
from gigaworks.roles.rdma.params import Params as Rdma
from gigaworks.roles.target import CheckResult, Context
from tests.roles.test_cases import node


def having(vendor: Any, model: str, count: int, arch: Any = "x86_64") -> Context:
    """Return a node with these accelerators."""
    declared = Accelerators(vendor=vendor, model=model, count=count)
    return msgspec.structs.replace(node("x86"), accelerators=declared, arch=arch)


@pytest.mark.parametrize(
    ("model", "count", "arch", "fabric", "extra", "gpudirect"),
    [
        ("A100-SXM4-80GB", 8, "x86_64", "nvswitch", ["nvidia-fabricmanager"], "peermem"),
        ("H100-SXM5-80GB", 8, "x86_64", "nvswitch", ["nvidia-fabricmanager"], "peermem"),
        ("HGX B200", 8, "x86_64", "nvswitch", ["nvidia-fabricmanager", "nvlsm"], "peermem"),
        ("H100-SXM5-80GB", 4, "x86_64", "none", [], "peermem"),
        ("L40S", 8, "x86_64", "none", [], "peermem"),
        ("GB200 NVL72", 4, "aarch64", "nvl72", ["nvidia-imex"], "dmabuf"),
        ("GB300", 4, "aarch64", "nvl72", ["nvidia-imex"], "dmabuf"),
        ("GH200 480GB", 1, "aarch64", "none", [], "dmabuf"),
        ("H100-PCIe", 2, "aarch64", "none", [], "peermem"),
    ],
)
def test_nvidia(model: str, count: int, arch: str, fabric: str, extra: list[str], gpudirect: str) -> None:
    """Fabric manager, IMEX and nvlsm go where their hardware is, and peermem never where memory is coherent."""
    context = having("nvidia", model, count, arch)
    assert gpu.nvlink_fabric(context) == fabric
    assert nvidia.packages(Driver(branch="580"), context)[2:] == extra
    assert rdma.gpudirect(Rdma(transport="infiniband"), context) == gpudirect


def test_amd_and_none() -> None:
    """AMD's driver exports memory by DMA-BUF; a node without accelerators has nothing to reach."""
    assert rdma.gpudirect(Rdma(transport="roce"), having("amd", "Instinct MI300X", 8)) == "dmabuf"
    assert rdma.gpudirect(Rdma(transport="roce"), node("rhea")) == "none"


@pytest.mark.parametrize(
    ("role", "name", "said"),
    [
        ("nvidia_driver", "mi300x", "of another vendor: amd"),
        ("amd_gpu", "dgx-h100", "of another vendor: nvidia"),
        ("dcgm", "rhea", "no accelerators"),
        ("mig", "sg2042", "riscv64 is not among the role's architectures"),
        ("amd_gpu", "gb200", "aarch64 is not among the role's architectures"),
        ("rdma", "x86", "no NIC on a compute or storage fabric"),
        ("nvidia_driver", "dgx-h100", ""),
        ("rdma", "gb200", ""),
    ],
)
def test_where_a_role_has_nothing_to_do_it_says_so(role: str, name: str, said: str) -> None:
    """A role is skipped loudly, with the reason, where the hardware is not."""
    reason = catalog.role(role).why_not(node(name))
    assert said in reason
    assert bool(said) == bool(reason)


def test_the_lab_pretends_nothing() -> None:
    """Accelerators that the lab simulates get no driver."""
    real = node("dgx-h100")
    lab = msgspec.structs.replace(real, site=msgspec.structs.replace(real.site, lab=True))
    for role in ("nvidia_driver", "dcgm", "mig"):
        assert "simulated by the lab" in catalog.role(role).why_not(lab)
    assert "virtual" in catalog.role("rdma").why_not(lab)


def values(role: str, name: str, params: dict[str, Any], outputs: dict[str, Output]) -> dict[str, tuple[Any, bool]]:
    """Return observed value and verdict of each check whose command is among the outputs."""
    known = catalog.role(role)
    checks = known.checks(known.params.model_validate(params), node(name))
    results = [judge(role, check, outputs[check.command]) for check in checks if check.command in outputs]
    return {r.id: (r.observed, r.ok) for r in results if isinstance(r, CheckResult)}


XML = """<nvidia_smi_log><driver_version>{driver}</driver_version>{gpus}</nvidia_smi_log>"""
ONE = """<gpu><product_name>NVIDIA H100 80GB HBM3</product_name><persistence_mode>Enabled</persistence_mode>
<fabric><state>{state}</state><status>{status}</status></fabric></gpu>"""


def test_a_gpu_outside_the_fabric_is_found() -> None:
    """Eight GPUs of which one did not join the NVLink fabric are seven."""
    gpus = [ONE.format(state="Completed", status="Success")] * 7 + [ONE.format(state="In Progress", status="N/A")]
    outputs = {
        "nvidia-smi -q -x": Output(0, XML.format(driver="580.82.07", gpus="".join(gpus))),
        "cat /proc/modules": Output(0, "nvidia 1 2 - Live 0x0\n"),
        "modprobe -c": Output(0, "blacklist nouveau\noptions nvidia x=1\n"),
    }
    found = values("nvidia_driver", "dgx-h100", {"branch": "580"}, outputs)
    assert found == {
        "count": (8, True), "branch": ("580", True), "persistence": (8, True), "nouveau": ("no", True),
        "blacklist": ("yes", True), "fabric": (7, False),
    }  # fmt: skip


def test_a_gpu_that_is_cut_otherwise_is_found() -> None:
    """The layout of each GPU is read; two different ones are both told."""
    listed = "GPU 0: NVIDIA H100 (UUID: GPU-0)\n  MIG 3g.40gb     Device  0: (UUID: MIG-0)\n"
    outputs = {"nvidia-smi -L": Output(0, listed + "GPU 1: NVIDIA H100 (UUID: GPU-1)\n")}
    found = values("mig", "dgx-h100", {"profiles": ["3g.40gb"]}, outputs)
    assert found == {"count": (2, False), "layout": ("3g.40gb | whole", False)}


def test_rdma_reads_ports_and_qos() -> None:
    """A port that is down, a NIC that trusts PCP, and peermem that is not loaded are three findings."""
    port = "/sys/class/infiniband/mlx5_{}/ports/1|{}|5: LinkUp|400 Gb/sec (4X NDR)|Ethernet"
    qos = "Priority trust state: pcp\ndscp2prio mapping:\n\tprio:3 dscp:31,30,29,28,27,26,25,24,\n"
    qos += "PFC configuration:\n\tpriority    0   1   2   3   4   5   6   7\n"
    qos += "\tenabled     0   0   0   1   0   0   0   0   \n"
    known = catalog.role("rdma")
    checks = known.checks(known.params.model_validate({"transport": "roce"}), node("dgx-h100"))
    outputs = {check.command: Output(1, "") for check in checks}
    outputs[next(c.command for c in checks if c.id == "active")] = Output(
        0, "\n".join([port.format(0, "4: ACTIVE"), port.format(1, "1: DOWN")])
    )
    outputs |= {"cat /proc/modules": Output(0, "mlx5_core 1\n"), "mlnx_qos -i rail0": Output(0, qos)}
    outputs |= {"cat /sys/class/net/rail0/mtu": Output(0, "9000\n")}
    found = values("rdma", "dgx-h100", {"transport": "roce"}, outputs)
    assert found["active"] == (1, False)
    assert found["peermem"] == ("without peermem", False)
    assert found["mtu.rail0"] == (9000, True)
    assert found["qos.rail0"] == ("trust pcp, PFC on 3, DSCP 26 to 3", False)
    assert found["qos.rail1"] == (None, False)
