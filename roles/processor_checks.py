"""Checks of what a processor architecture brings along; shared by the roles for Arm and RISC-V."""

from __future__ import annotations

from gigaworks.roles.check import Check, Output, text, told
from gigaworks.roles.readers import numa


def processor_checks(machine: str, page_size_kib: int | None, numa_nodes: int | None) -> list[Check]:
    """Return the checks; a value that nobody declared is told, not judged."""
    return [
        Check("machine", "machine", "uname -m", machine),
        Check("page_size", "page size", "getconf PAGESIZE", page_size_kib, _kib, told, "KiB"),
        Check("numa_nodes", "NUMA nodes", numa.LAYOUT, numa_nodes, _nodes, told),
        Check("numa_layout", "processors of each NUMA node", numa.LAYOUT, None, _layout, told),
    ]


def _kib(output: Output) -> int:
    return int(text(output)) // 1024


def _nodes(output: Output) -> int:
    return len(numa.layout(text(output))) or 1  # a kernel without NUMA shows none: that is one


def _layout(output: Output) -> str:
    """Read the layout as the kernel writes it, and say where a node's processors are not one run."""
    nodes = numa.layout(text(output))
    lists = "; ".join(line.strip() for line in output.text.splitlines())
    return f"{lists} (interleaved)" if numa.interleaved(nodes) else lists
