"""The kernel: command line, sysctl, huge pages, NUMA balancing, frequency governor, tuned.

Sets sysctl values (kept in /etc/sysctl.d and set now), the command line through GRUB, extlinux (u-boot-menu) or
systemd-boot, and what lies in /sys at every start. A command line that is not in force yet is told as a restart that
the machine needs. The page size of an Arm kernel is its build's: here it is read, see ``page_size_kib``.
Proof: ``sysctl -n``, /proc/cmdline, /proc/meminfo, /sys, ``getconf PAGESIZE``, ``tuned-adm active``.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64", "aarch64", "riscv64")
EXAMPLE = {
    "sysctl": {"net.core.somaxconn": 8192},
    "command_line": ["iommu=pt", "transparent_hugepage=madvise"],
    "hugepages": {"2048": 512},
    "numa_balancing": False,
    "governor": "performance",
}
