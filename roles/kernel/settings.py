"""What of the kernel lies in /sys: shell text that reads and sets it, wherever the machine has it."""

from __future__ import annotations

from gigaworks.roles.kernel.params import Params

HUGEPAGES = "/sys/kernel/mm/hugepages/hugepages-{size}kB/nr_hugepages"
GOVERNORS = "/sys/devices/system/cpu/cpufreq/policy*/scaling_governor"


def sysctl(params: Params) -> dict[str, int | str]:
    """Return all sysctl values that the parameters ask for."""
    balancing = {} if params.numa_balancing is None else {"kernel.numa_balancing": int(params.numa_balancing)}
    return {**balancing, **params.sysctl}


def governor_probe() -> str:
    """Return shell text that prints the governors in use, each once; nothing where there is none to set."""
    return f'for g in {GOVERNORS}; do [ -w "$g" ] && cat "$g"; done | sort -u'


def hugepages_probe(size: str) -> str:
    """Return shell text that prints the number of huge pages of a size (KiB); nothing where there are none to set."""
    file = HUGEPAGES.format(size=size)
    return f"[ -w {file} ] && cat {file}"


def at_start(params: Params) -> str:
    """Return the body of the script that sets /sys; empty where nothing is asked for."""
    lines = [
        f"[ ! -w {HUGEPAGES.format(size=size)} ] || echo {number} >{HUGEPAGES.format(size=size)} || result=1"
        for size, number in sorted(params.hugepages.items())
    ]
    if params.governor:
        lines.append(f'for g in {GOVERNORS}; do [ ! -w "$g" ] || echo {params.governor} >"$g" || result=1; done')
    return "\n".join(lines)


def probe(params: Params) -> str:
    """Return shell text that prints ``ok`` for each setting of /sys that is as it should be, or is not there to set."""
    wanted = [(hugepages_probe(size), str(number)) for size, number in sorted(params.hugepages.items())]
    wanted += [(governor_probe(), params.governor)] if params.governor else []
    return "\n".join(f'v=$({read}); case "$v" in ""|{value}) echo ok;; *) echo "$v";; esac' for read, value in wanted)


def expected(params: Params) -> str:
    """Return what ``probe`` prints where all is well."""
    return "\n".join("ok" for _ in [*params.hugepages, *([params.governor] if params.governor else [])])
