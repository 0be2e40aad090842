"""Routing on a host by FRR: BGP over the fabric NICs, unnumbered or to declared neighbours.

Sets FRR's daemons and frr.conf; ``vtysh -C`` has to accept the file before it replaces the old one. For nodes that
announce addresses of their own; the switches themselves are the network stack's.
Proof: the service's state, and every session Established.
Not exercised on real hardware: its files are judged by FRR itself, sessions are read from recorded answers.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXAMPLE = {"asn": 4200001001, "announce": ["10.77.33.7/32"]}
