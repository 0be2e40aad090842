"""File systems besides the declared volumes: NFS, Lustre, BeeGFS, and scratch on the node's own NVMe.

Sets the mounts, now and at every start, and on an empty NVMe device an XFS file system; a device that holds anything is
never formatted.
Proof: each is mounted with its type from its source, answers within ten seconds, and can be written where it should.
Not exercised on real hardware: the machines of the tests have no kernel NFS and no devices of their own.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXAMPLE = {
    "network": [{"type": "nfs", "source": "nas-01:/home", "path": "/home", "options": ["vers=4.2", "nconnect=8"]}],
    "scratch": [{"device": "/dev/nvme1n1", "path": "/scratch/local"}],
}
