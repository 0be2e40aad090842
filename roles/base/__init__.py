"""What every node has in common.

Sets the hostname, the host table, the fabric NICs (address, MTU, routes: now and at every start), packages, users,
sshd's settings, limits, and lldpd, by which the cabling is observed.
Proof: ``uname -n``, ``getent hosts``, ``ip``, ``dpkg-query``, ``sshd -T``, the service's state.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64", "aarch64", "riscv64")
