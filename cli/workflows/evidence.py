"""The evidence that is kept of each node, as it was measured when the node came into service."""

from __future__ import annotations

from typing import Any

import msgspec

from gigaworks.cli.record.results import Evidence
from gigaworks.inventory.folder import SiteFolder


def evidence_of(folder: SiteFolder, name: str) -> list[Evidence]:
    """Return what was measured and read back on a node, newest run of each role; empty before its first acceptance."""
    found = []
    for file in sorted((folder.evidence / name).glob("*.json")):
        kept: dict[str, Any] = msgspec.json.decode(file.read_bytes())
        for check in kept["checks"]:
            told = f"{check['summary']} {check['observed']}".lower()
            raw = check.get("evidence", {})
            found.append(
                Evidence(
                    check=f"{check['role']}/{check['id']}",
                    observed=check["observed"],
                    expected=str(check["expected"]),
                    unit=check["unit"],
                    ok=check["ok"],
                    simulated="simulated" in told,
                    at=kept["at"],
                    command=raw.get("command", ""),
                    sha256=raw.get("sha256", ""),
                )
            )
    return found
