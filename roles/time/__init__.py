"""The time, by chrony.

Sets the servers a node follows, or makes it a server for the others; chronyd runs with ``-x`` where it may not adjust
the clock (a container or a lab node), and only measures there.
Proof: ``chronyc tracking`` (a source is followed, the offset is small) and ``chronyc sources``.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64", "aarch64", "riscv64")
