"""Munge: who a message comes from, for Slurm.

Sets the key, from a reference to a secret that no plan or log shows (``head -c 1024 /dev/urandom >munge.key`` makes
one), and the daemon. The new key is judged first: a credential made with it has to be taken by it.
Proof: the service's state, a credential encoded and decoded, and the key's mode and owner.
"""

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64", "aarch64", "riscv64")
EXAMPLE = {"key": "file:.gigaworks/secrets/munge.key"}
