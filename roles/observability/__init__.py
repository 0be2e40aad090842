"""What a node tells about itself: prometheus-node-exporter.

Sets the exporter, running and at every start, its address and the collectors that are switched off.
Proof: a scrape on the node answers with the exporter's own build.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64", "aarch64", "riscv64")
