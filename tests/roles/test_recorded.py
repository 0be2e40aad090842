"""Readers of what programs print, with recorded outputs of public projects; skipped by name where they are not here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gigaworks.roles.check import Output
from gigaworks.roles.dcgm.checks import failed
from gigaworks.roles.readers import dcgmi, ethtool, infiniband, mlnx_qos, numa, nvidia_smi, tuned

DATA = Path(__file__).parents[2] / "../shared/data"


def sample(name: str) -> str:
    """Return a sample, or skip the test by its name."""
    path = DATA / name
    return path.read_text() if path.exists() else pytest.skip(f"{name} is not on this computer")


def test_nvidia_xml() -> None:
    """An A100 tells MIG and persistence; what the driver answers with N/A is unknown, not off."""
    (a100,) = nvidia_smi.gpus(sample("gpu/nvidia-smi-xml/a100-sxm4-v12.xml"))
    assert (a100.product, a100.persistence, a100.mig, a100.mig_pending) == ("NVIDIA A100-SXM4-80GB", False, True, True)
    assert (a100.fabric_state, a100.uncorrectable) == ("", 0)
    (a10g,) = nvidia_smi.gpus(sample("gpu/nvidia-smi-xml/a10g.xml"))
    assert a10g.mig is None


@pytest.mark.parametrize(
    ("file", "layouts"),
    [
        ("h100-mig", {0: ["1g.10gb", "1g.10gb", "2g.20gb", "3g.40gb"]}),
        ("h100-80gb-hbm3", {0: []}),
        ("h200-mig", None),
    ],
)
def test_nvidia_list(file: str, layouts: dict[int, list[str]] | None) -> None:
    """`nvidia-smi -L` of a machine with and without MIG gives the profiles of each GPU."""
    text = sample(f"gpu/nvidia-smi-captures/linux-x86_64__nvidia-{file}__590.48.01.txt")
    listed = text.partition("# $ nvidia-smi -L\n")[2].partition("\n\n")[0]
    found = nvidia_smi.mig_devices(listed)
    assert found == layouts if layouts is not None else any(found.values())


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("diag_pass_output.json", "none"),
        ("diag_fail_output.json", "Persistence Mode Fail; Environment Variables Warn"),
        ("diag_warn_output.json", "Persistence Mode Warn"),
    ],
)
def test_dcgmi_diag(file: str, said: str) -> None:
    """A diagnosis names the tests that fail or warn; skipped ones are none of them."""
    assert failed(Output(0, sample(f"gpu/dcgmi/{file}"))) == said


def test_dcgmi_says_why() -> None:
    """What DCGM 3 says of each GPU is told with the test that fails."""
    said = failed(Output(0, sample("gpu/dcgmi/dcgm-per-gpu.json")))
    assert said.startswith("sm_stress Fail: Max stress level of 2128.7 did not exceed")
    assert "for GPU 3" in said


def test_dcgmi_discovery() -> None:
    """The number of GPUs is read, and anything else is an error with its words."""
    assert dcgmi.discovered("8 GPUs found.\n+--------+\n") == 8
    with pytest.raises(ValueError, match="unable to establish a connection"):
        dcgmi.discovered("Error: unable to establish a connection to the specified host: localhost")


def test_infiniband_sysfs() -> None:
    """The ports of a recorded H100 node are up at 400 Gbit/s."""
    files: dict[str, str] = json.loads(sample("ib/sysfs/h100.0.json"))
    ports = sorted({path.partition("/counters")[0] for path in files if "/ports/1/counters/" in path})
    lines = [
        "|".join([port, *(files[f"{port}/{name}"] for name in ("state", "phys_state", "rate", "link_layer"))])
        for port in ports
        if f"{port}/state" in files
    ]
    found = infiniband.sysfs("\n".join(lines))
    assert found
    up = [port for port in found if port.state == "Active"]
    assert up
    assert all((port.physical, port.rate) == ("LinkUp", 400) for port in up if port.layer == "InfiniBand")


@pytest.mark.parametrize(("file", "links"), [("1.topo", 9), ("2.topo", 2), ("3.topo", 10), ("4.topo", 1)])
def test_ibnetdiscover(file: str, links: int) -> None:
    """Every cable of a recorded fabric is found once, whichever end tells of it, with its width."""
    found = infiniband.ibnetdiscover(sample(f"ib/ibtopotool/{file}"))
    assert len(found) == links
    assert {link.width for link in found} <= {"1x", "4x"}
    assert all((link.a, link.a_port) < (link.b, link.b_port) for link in found)


SG2042 = """0 0-7,16-23
1 8-15,24-31
2 32-39,48-55
3 40-47,56-63
"""  # as lscpu shows it on a Milk-V Pioneer


def test_numa_lists_may_be_interleaved() -> None:
    """On an SG2042 a node's processors are two runs: none is taken for its neighbour's."""
    nodes = numa.layout(SG2042)
    assert [len(cpus) for cpus in nodes.values()] == [16] * 4
    assert 8 not in nodes[0]
    assert 23 in nodes[0]
    assert numa.interleaved(nodes)
    assert not numa.interleaved(numa.layout("0 0-19\n1 20-39\n"))
    assert numa.layout("") == {}


def test_kernel_lists_with_strides() -> None:
    """A kernel list may have strides: two of every four."""
    assert numa.cpu_list("0-7:2/4,9") == [0, 1, 4, 5, 9]
    assert numa.cpu_list("") == []


@given(st.sets(st.integers(0, 255), max_size=40))
def test_a_kernel_list_loses_nothing(numbers: set[int]) -> None:
    """Numbers one by one and in runs are the same set."""
    assert numa.cpu_list(",".join(map(str, sorted(numbers)))) == sorted(numbers)


QOS = """DCBX mode: OS controlled
Priority trust state: dscp
dscp2prio mapping:
\tprio:0 dscp:07,06,05,04,03,02,01,00,
\tprio:3 dscp:31,30,29,28,27,26,25,24,
Receive buffer size (bytes): 20016,156096,0,0,0,0,0,0,max_buffer_size=262016
PFC configuration:
\tpriority    0   1   2   3   4   5   6   7
\tenabled     0   0   0   1   0   0   0   0
\tbuffer      0   0   0   1   0   0   0   0
tc: 0 ratelimit: unlimited, tsa: vendor
\t priority:  1
"""  # written after mlnx_qos' source: no recorded output is under a permissive licence


def test_mlnx_qos() -> None:
    """Trust, the priorities with PFC and the map of DSCP values are read; an error stays one."""
    found = mlnx_qos.qos(QOS)
    assert (found.trust, found.pfc, found.priority_of[26], found.priority_of[7]) == ("dscp", [3], 3, 0)
    with pytest.raises(ValueError, match="No such device"):
        mlnx_qos.qos("Netlink error: No such device")


def test_ethtool() -> None:
    """A NIC without a link has an unknown speed, not 0."""
    up = "Settings for eth0:\n\tSpeed: 400000Mb/s\n\tDuplex: Full\n\tLink detected: yes\n"
    assert ethtool.link(up) == ethtool.Link(speed=400_000, duplex="Full", up=True)
    down = "Settings for eth0:\n\tSpeed: Unknown!\n\tDuplex: Unknown! (255)\n\tLink detected: no (No cable)\n"
    assert (ethtool.link(down).speed, ethtool.link(down).up) == (None, False)


def test_tuned() -> None:
    """The active profile is read; none is empty; a daemon that does not run is an error."""
    assert tuned.active("Current active profile: hpc-compute\n") == "hpc-compute"
    assert tuned.active("No current active profile.\n") == ""
    with pytest.raises(ValueError, match="Cannot talk"):
        tuned.active("Cannot talk to TuneD daemon via DBus.\n")
