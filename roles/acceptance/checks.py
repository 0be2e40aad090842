"""What acceptance measures."""

from __future__ import annotations

import json
import operator
import re
import shlex

from gigaworks.roles.acceptance.params import Params
from gigaworks.roles.check import Check, NotHereError, Output, UnreadableError, text
from gigaworks.roles.service_checks import service_checks
from gigaworks.roles.target import Context

CPU = "sysbench cpu --cpu-max-prime=2000 --time=1 --threads=1 run 2>&1"
MEMORY = "sysbench memory --memory-block-size=1M --memory-total-size=1T --time=1 --threads=1 run 2>&1"
MIB = 1024 * 1024
NO_DIRECT = 77
NO_PEER = 78


def checks(params: Params, context: Context) -> list[Check]:
    """Return the measurements; ``expected`` is the lower threshold."""
    least = operator.ge
    write, read = disk(params.folder)
    return [
        Check("cpu", "processor, one thread", CPU, params.min_cpu_events_s, cpu, least, "events/s"),
        Check("memory", "memory bandwidth", MEMORY, params.min_memory_mib_s, memory, least, "MiB/s"),
        Check("disk_write", "disk, written and flushed", write, params.min_disk_write_mib_s, dd, least, "MiB/s"),
        Check("disk_read", "disk, read past the cache", read, params.min_disk_read_mib_s, dd, least, "MiB/s"),
        Check(
            "network", "fabric, one TCP stream", network(context), params.min_network_mbit_s, iperf3, least, "Mbit/s"
        ),
        *(service_checks("iperf3") if params.serve else []),
    ]


def disk(folder: str) -> tuple[str, str]:
    """Return the commands that write and read; the second also tidies up."""
    file = shlex.quote(f"{folder}/.gigaworks-acceptance")
    write = f"LC_ALL=C dd if=/dev/zero of={file} bs=1M count=64 conv=fdatasync 2>&1"
    read = (
        f"dd if={file} of=/dev/null bs=1M count=1 iflag=direct 2>/dev/null || {{ rm -f {file}; exit {NO_DIRECT}; }}; "
        f"LC_ALL=C dd if={file} of=/dev/null bs=1M iflag=direct 2>&1; rm -f {file}"
    )
    return write, read


def network(context: Context) -> str:
    """Return the command that measures against the node's peer; an endpoint serves one node at a time."""
    if context.peer is None:
        return f"exit {NO_PEER}"
    once = f"timeout 15 iperf3 -c {shlex.quote(context.peer)} -t 1 -J --connect-timeout 3000"
    return f'for try in 1 2 3 4 5 6 7 8; do out=$({once}) && break; sleep 1; done; printf "%s\\n" "$out"'


def cpu(output: Output) -> float:
    """Read sysbench cpu: events per second."""
    return _number(r"events per second:\s*([\d.]+)", output)


def memory(output: Output) -> float:
    """Read sysbench memory: MiB/s."""
    return _number(r"transferred \(([\d.]+) MiB/sec\)", output)


def dd(output: Output) -> float:
    """Read dd's last line: bytes and seconds, as MiB/s."""
    if output.code == NO_DIRECT:
        raise NotHereError("disk read: this file system cannot be read past the page cache")
    found = re.search(r"^(\d+) bytes .*copied, ([\d.e+-]+) s", text(output), re.MULTILINE)
    if not found:
        raise UnreadableError(output.text.strip() or "dd said nothing")
    return round(int(found[1]) / MIB / max(float(found[2]), 1e-9), 1)


def iperf3(output: Output) -> float:
    """Read iperf3 -J: what arrived, in Mbit/s."""
    if output.code == NO_PEER:
        raise NotHereError("network: no node of an earlier stage answers iperf3 (acceptance: {serve: true})")
    try:
        found = json.loads(output.text)
    except ValueError as error:
        raise UnreadableError(output.text.strip() or "iperf3 said nothing") from error
    if "error" in found:
        raise UnreadableError(str(found["error"]))
    return round(float(found["end"]["sum_received"]["bits_per_second"]) / 1e6, 1)


def _number(pattern: str, output: Output) -> float:
    found = re.search(pattern, output.text)
    if not found:
        raise UnreadableError(output.text.strip() or f"exit status {output.code}")
    return float(found[1])
