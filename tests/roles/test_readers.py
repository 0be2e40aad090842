"""Readers of what programs on nodes print, with real samples."""

from __future__ import annotations

from pathlib import Path

import pytest

from gigaworks.inventory.blueprint import Accelerators
from gigaworks.roles.accelerators import checks as accelerators
from gigaworks.roles.accelerators import readers
from gigaworks.roles.accelerators.params import Params
from gigaworks.roles.acceptance import checks as acceptance
from gigaworks.roles.acceptance.params import Params as Thresholds
from gigaworks.roles.check import Check, Output, UnreadableError, judge
from gigaworks.roles.riscv.checks import _includes, isa
from gigaworks.roles.scrape import scrape_check
from gigaworks.roles.target import CheckResult, Context, SiteContext, Skipped
from gigaworks.roles.time import checks as time

GPU = Path(__file__).parents[2] / "../shared/data/gpu"
SAMPLES = Path(__file__).parent / "samples"


def sample(name: str) -> str:
    """Return a sample, or skip the test by its name."""
    path = GPU / name
    if not path.exists():
        pytest.skip(f"{name} is not on this computer")
    return path.read_text()


@pytest.mark.parametrize(
    ("name", "products", "driver"),
    [
        ("a100-sxm4-v12.xml", 1, "535.54.03"),
        ("a10g.xml", None, None),
        ("tesla-t4.xml", None, None),
        ("rtx-4000-sff-ada-v13.xml", None, None),
    ],
)
def test_nvidia(name: str, products: int | None, driver: str | None) -> None:
    """Real nvidia-smi -q -x outputs give a product name for each GPU and a driver version."""
    found = readers.nvidia(sample(f"nvidia-smi-xml/{name}"))
    assert found.products
    assert all(found.products)
    assert found.driver[0].isdigit()
    if products:
        assert (len(found.products), found.driver) == (products, driver)


def test_amd() -> None:
    """Real rocm-smi --json outputs of ROCm 4 to 6 give the cards' series, or what the driver has for it."""
    for path in sorted((GPU / "rocm-smi-json").glob("*.json")) or pytest.skip("rocm-smi samples are not here"):
        found = readers.amd(path.read_text())
        assert found.products, path.name
        assert found.driver[0].isdigit(), path.name
        assert all(found.products) or path.name == "vega-10-XT.json", (
            path.name
        )  # it names no series: unknown, not guessed
    assert readers.amd(sample("rocm-smi-json/mi100_rocm602.json")).products[0] == "Arcturus GL-XL [Instinct MI100]"


def context(accelerators: Accelerators | None, lab: bool = False) -> Context:
    """Return a node's context."""
    site = SiteContext(domain="x", lab=lab, hosts=[], time_servers=[], volumes=[])
    return Context(
        name="n1", address="10.0.0.1", arch="x86_64", nics=[], routes=[], accelerators=accelerators,
        bricks=[], mounts=[], peer=None, site=site,
    )  # fmt: skip


def test_a_missing_accelerator_is_named_with_both_values() -> None:
    """A node with fewer GPUs than declared fails the count, with model and branch judged beside it."""
    text = sample("nvidia-smi-xml/a100-sxm4-v12.xml")
    node = context(Accelerators(vendor="nvidia", model="A100-SXM4-80GB", count=8))
    results = [judge("accelerators", c, Output(0, text)) for c in accelerators.checks(Params(driver="535"), node)]
    values = {r.id: (r.observed, r.expected, r.ok) for r in results if isinstance(r, CheckResult)}
    assert values["count"] == (len(readers.nvidia(text).products), 8, False)
    assert values["model"][2]
    assert values["driver"] == ("535.54.03", "535", True)
    other = accelerators.checks(Params(driver="53"), context(Accelerators(vendor="nvidia", model="H100 SXM", count=8)))
    assert [r.ok for c in other if isinstance(r := judge("", c, Output(0, text)), CheckResult)] == [False] * 3


def test_no_driver_is_skipped_only_in_a_lab() -> None:
    """Where nvidia-smi is not there, a lab says that its GPUs are simulated; a real node fails."""
    declared = Accelerators(vendor="nvidia", model="H100 (simulated)", count=2)
    absent = Output(127, "")
    lab = judge("accelerators", accelerators.checks(Params(), context(declared, lab=True))[0], absent)
    assert isinstance(lab, Skipped)
    assert "simulated" in lab.reason
    real = judge("accelerators", accelerators.checks(Params(), context(declared))[0], absent)
    assert isinstance(real, CheckResult)
    assert (real.ok, real.observed) == (False, None)


TRACKING = "0A4D0109,10.77.1.9,11,1795461226.9,-0.000012,0.00002,0.00003,-1.2,0.01,0.02,0.001,0.0005,64.2,Normal"


def test_chronyc() -> None:
    """`chronyc -c tracking` gives the offset without its sign, and whether anything is followed."""
    assert time.synchronised(Output(0, TRACKING)) == "yes"
    assert time.offset(Output(0, TRACKING)) == 0.000012
    lost = "00000000,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised"
    assert time.synchronised(Output(0, lost)) == "no"
    with pytest.raises(UnreadableError):
        time.offset(Output(0, lost))
    with pytest.raises(UnreadableError, match="Cannot talk"):
        time.offset(Output(1, "506 Cannot talk to daemon"))
    assert time.sources(Output(0, "^,*,10.77.1.9,11,6,17,4,1e-6,1e-6,2e-5\n^,?,10.0.0.1,0,6,0,0,0,0,0")) == 2


def test_measurements() -> None:
    """Outputs of iperf3, dd and sysbench give their figures in the units that the checks name."""
    assert acceptance.iperf3(Output(0, (SAMPLES / "iperf3.json").read_text())) == 998.0
    with pytest.raises(UnreadableError, match="busy"):
        acceptance.iperf3(Output(0, '{"error": "error - the server is busy running a test"}'))
    with pytest.raises(UnreadableError, match="said nothing"):
        acceptance.iperf3(Output(0, "\n"))
    assert acceptance.dd(Output(0, "64+0 records in\n67108864 bytes (67 MB, 64 MiB) copied, 0.5 s, 134 MB/s")) == 128.0
    assert acceptance.cpu(Output(0, "CPU speed:\n    events per second: 13688.23\n")) == 13688.23
    assert acceptance.memory(Output(0, "10440.00 MiB transferred (10396.18 MiB/sec)\n")) == 10396.18
    with pytest.raises(UnreadableError, match="not found"):
        acceptance.cpu(Output(127, "sh: sysbench: not found"))


def test_a_threshold_is_a_lower_bound_and_evidence_keeps_both() -> None:
    """A measured value at the threshold holds, one below does not, and the raw output's digest is kept."""
    check = next(c for c in acceptance.checks(Thresholds(min_cpu_events_s=100), context(None)) if c.id == "cpu")
    results = [judge("acceptance", check, Output(0, f"events per second: {n}")) for n in (100, 99.9)]
    assert [r.ok for r in results if isinstance(r, CheckResult)] == [True, False]
    assert isinstance(results[1], CheckResult)
    assert (results[1].observed, results[1].expected, results[1].unit) == (99.9, 100, "events/s")
    assert len(results[1].evidence["sha256"]) == 64


def test_isa() -> None:
    """The instruction set that all harts share is judged extension by extension."""
    text = "hart\t: 0\nisa\t\t: rv64imafdcv_zba_zbb\nhart: 1\nisa : rv64imafdc_zba\n"
    assert isa(Output(0, text)) == "rv64imafdc_zba"
    assert _includes("rv64imafdcv_zba", "rv64gc_zba")
    assert not _includes("rv64imafdc", "rv64gcv")
    assert not _includes("rv64imafdc", "rv64gc_zba")


def test_scrape() -> None:
    """Only an answer with the exporter's own metric is up."""
    check = scrape_check(9100, "node_exporter_build_info")
    assert check.read(Output(0, "HTTP/1.0 200 OK\r\nnode_exporter_build_info{} 1")) == "up"
    assert check.read(Output(0, "HTTP/1.0 404 Not Found\r\n")) == "HTTP/1.0 404 Not Found"
    with pytest.raises(UnreadableError):
        check.read(Output(1, ""))


def test_a_reader_that_breaks_fails_its_check_only() -> None:
    """Garbage from a node is a failed check with the reason as evidence, never an exception."""
    found = judge("x", Check("id", "something", "cmd", 1, lambda output: int(output.text)), Output(0, "garbage"))
    assert isinstance(found, CheckResult)
    assert not found.ok
    assert "garbage" in found.evidence["unreadable"]
