"""What is particular to 64-bit RISC-V: base instruction set, page size and NUMA layout.

Sets nothing. There is no NVIDIA driver, no DCGM and often no BMC on such a node.
Proof: ``uname -m``, ``getconf PAGESIZE``, the ISA in /proc/cpuinfo, the nodes in /sys/devices/system/node.
"""

ARCHITECTURES = ("riscv64",)
EXERCISED = ("riscv64",)
