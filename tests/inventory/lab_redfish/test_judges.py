"""DMTF's own validators judge the lab's Redfish service: a machine's BMC and a rack PDU."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SCHEMAS = Path(__file__).parents[3].resolve().parent / "shared/data/redfish-schemas"
USER = "gigaworks"
PASSWORD = "a-Password_of-the-lab1"

# Two things of the judges are changed before they start, neither of them a judgement: the protocol validator's SSDP
# discovery would send multicast into the computer's network, and the use case checkers' fixed waits add up to a minute.
RUN = """
import sys, time
from redfish_protocol_validator import utils
from {module}.console_scripts import main
wait = time.sleep
utils.discover_ssdp = lambda **_: {{}}
time.sleep = lambda seconds: wait(min(seconds, 0.5))
sys.argv[0] = "{module}"
main()
"""


def judge(module: str, folder: Path, host: str, *options: str) -> str:
    """Run a validator and return what it printed; fails with that when it finds a failure."""
    environment = {key: value for key, value in os.environ.items() if not key.endswith("CA_BUNDLE")}
    done = subprocess.run(
        [
            *(sys.executable, "-c", RUN.format(module=module)),
            *("-r", f"https://{host}", "-u", USER, "-p", PASSWORD, "--report-dir", str(folder / "report")),
            *options,
        ],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("kind", ["bmc", "pdu"])
def test_every_resource_keeps_its_schema(site: Any, tmp_path: Path, kind: str) -> None:
    """The service validator finds no failure and no warning in any resource of a BMC and of a PDU."""
    if not SCHEMAS.exists():
        pytest.skip("DMTF's schemas (shared/data/redfish-schemas) are not there")
    host = getattr(site, kind)
    printed = judge("redfish_service_validator", tmp_path, host, "--schema_directory", str(SCHEMAS), "--skipschema")
    lines = [line for line in printed.splitlines() if "Fail:" in line]
    assert len(lines) > 20
    assert [line for line in lines if "Warn: 0, Fail: 0" not in line] == []


@pytest.mark.parametrize("kind", ["bmc", "pdu"])
def test_protocol_is_kept(site: Any, tmp_path: Path, kind: str) -> None:
    """The protocol validator finds no failure and no warning: methods, headers, entity tags, roles, TLS."""
    ca = ["--ca-bundle", str(site.ca.ca_path), "--avoid-http-redirect", "--report-type", "tsv"]
    printed = judge("redfish_protocol_validator", tmp_path, getattr(site, kind), *ca)
    assert "WARN: 0, FAIL: 0" in printed


def test_use_cases_work(site: Any, tmp_path: Path) -> None:
    """Account management, power control, boot override and the controller's network, as an operator would use them."""
    tests = ["AccountManagement", "PowerControl", "BootOverride", "ManagerEthernetInterfaces"]
    judge("redfish_use_case_checkers", tmp_path, site.bmc, "--test-list", *tests)
    cycle = ["on from disk", "off", "on from disk"]  # ForceOff, ForceRestart, PowerCycle and On, as far as they matter
    assert site.machine.log == [*cycle, "off gracefully", "on from network"]
