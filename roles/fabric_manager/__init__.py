"""The subnet manager of an InfiniBand fabric: opensm with its partitions.

Sets opensm's options and partitions.conf from the declared partitions, running and at every start; where UFM manages
the fabric nothing is set, and it is proved only that a master answers. Give two nodes different priorities.
Proof: ``sminfo`` finds a master, ``ibnetdiscover`` finds links, none slower than declared.
Not exercised on real hardware: readers are tested with recorded fabrics.
"""

ARCHITECTURES = ("x86_64", "aarch64")
EXAMPLE = {"partitions": [{"name": "tenant_a", "pkey": 0x7001, "members": ["0x0002c90300000001"]}]}
