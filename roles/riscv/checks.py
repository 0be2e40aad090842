"""What proves role riscv."""

from __future__ import annotations

import re

from gigaworks.roles.check import Check, NotHereError, Output, UnreadableError
from gigaworks.roles.processor_checks import processor_checks
from gigaworks.roles.riscv.params import Params
from gigaworks.roles.target import Context

ISA = re.compile(r"^isa\s*:\s*(\S+)", re.MULTILINE)


def checks(params: Params, context: Context) -> list[Check]:
    """Return what is read back."""

    def shared(output: Output) -> str:
        if context.site.lab and not ISA.search(output.text):
            raise NotHereError("instruction set: /proc/cpuinfo shows the computer's processor, this one is emulated")
        return isa(output)

    return [
        *processor_checks("riscv64", params.page_size_kib, params.numa_nodes),
        Check("isa", "instruction set", "cat /proc/cpuinfo", params.isa, shared, _includes),
    ]


def isa(output: Output) -> str:
    """Read the instruction set that all harts share, as the kernel spells it."""
    found = ISA.findall(output.text)
    if not found:
        raise UnreadableError("/proc/cpuinfo names no instruction set")
    return str(min(found, key=len))


def _includes(observed: str, expected: str) -> bool:
    """Whether every single-letter extension that is expected is there; longer ones (``_zba``) by name."""
    have, want = observed.split("_"), expected.split("_")
    letters = set(have[0].removeprefix("rv64").replace("g", "imafd"))
    return set(want[0].removeprefix("rv64").replace("g", "imafd")) <= letters and set(want[1:]) <= set(have[1:])
