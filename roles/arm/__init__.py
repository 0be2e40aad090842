"""What is particular to 64-bit Arm: page size and NUMA layout.

Sets nothing: the page size is the kernel's (64 KiB is recommended on NVIDIA Grace).
Proof: ``uname -m``, ``getconf PAGESIZE``, the nodes in /sys/devices/system/node.
"""

ARCHITECTURES = ("aarch64",)
EXERCISED = ("aarch64",)
