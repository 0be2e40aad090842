"""The node's health: one script that says what is wrong, for Slurm, for people and for our own checks.

Sets /usr/local/sbin/gigaworks-health: file systems that are writable and not full, memory that is all there, services
that run, accelerators that their driver still sees, RDMA ports that are up, no XID among the kernel's messages that
means a GPU is lost. Its exit status is 0 on a healthy node; every complaint is a line.
Proof: it ends with 0 now.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64", "aarch64", "riscv64")
EXAMPLE = {"file_systems": ["/", "/scratch"], "services": ["slurmd"]}
