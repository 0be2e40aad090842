"""Measurements before a node goes into service: small and real, some seconds in all.

Sets the measuring programs, and on nodes with ``serve`` an iperf3 endpoint for the others.
Proof: processor (sysbench, events/s of one thread), memory bandwidth (sysbench, 1 MiB blocks), disk (dd, written
through and read past the cache), network to a node of an earlier stage over the fabric (iperf3). Each value and its
threshold are kept as evidence.
"""

MEASURES = True
ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64", "aarch64", "riscv64")
