"""Checks of what a processor architecture brings along; shared by the roles for Arm and RISC-V."""

from __future__ import annotations

from gigaworks.roles.check import Check, Output, text, told

NUMA = "ls -d /sys/devices/system/node/node[0-9]* 2>/dev/null | wc -l"


def processor_checks(machine: str, page_size_kib: int | None, numa_nodes: int | None) -> list[Check]:
    """Return the checks; a value that nobody declared is told, not judged."""
    return [
        Check("machine", "machine", "uname -m", machine),
        Check("page_size", "page size", "getconf PAGESIZE", page_size_kib, _kib, told, "KiB"),
        Check("numa_nodes", "NUMA nodes", NUMA, numa_nodes, _number, told),
    ]


def _kib(output: Output) -> int:
    return int(text(output)) // 1024


def _number(output: Output) -> int:
    return int(text(output)) or 1  # a kernel without NUMA shows none: that is one
