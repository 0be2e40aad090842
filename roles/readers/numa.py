"""NUMA layout: which processors belong to which node; their lists may be interleaved, as on the SG2042."""

from __future__ import annotations

LAYOUT = (
    "for n in /sys/devices/system/node/node[0-9]*; do [ -e $n/cpulist ] && "
    'echo "${n##*/node} $(cat $n/cpulist)"; done; true'
)


def layout(text: str) -> dict[int, list[int]]:
    """Read what LAYOUT prints: each node's processors; a kernel without NUMA shows none."""
    found = {}
    for line in filter(None, text.splitlines()):
        node, _, cpus = line.strip().partition(" ")
        found[int(node)] = cpu_list(cpus)
    return dict(sorted(found.items()))


def cpu_list(text: str) -> list[int]:
    """Return the numbers of a kernel list, ``0-7,16-23`` or with strides ``0-62:2/4``, sorted."""
    numbers: set[int] = set()
    for part in filter(None, text.strip().split(",")):
        ends, _, stride = part.partition(":")
        first, _, last = ends.partition("-")
        used, _, group = stride.partition("/")
        for number in range(int(first), int(last or first) + 1):
            if not stride or (number - int(first)) % int(group) < int(used):
                numbers.add(number)
    return sorted(numbers)


def interleaved(nodes: dict[int, list[int]]) -> bool:
    """Whether some node's processors are not one run: ``first-last`` would then name others' processors."""
    return any(cpus and cpus[-1] - cpus[0] + 1 != len(cpus) for cpus in nodes.values())
