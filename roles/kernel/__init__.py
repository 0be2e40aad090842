"""The kernel's settings.

Sets sysctl values (kept in /etc/sysctl.d and set now) and the kernel command line where there is a boot loader.
Proof: ``sysctl -n`` and /proc/cmdline.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
