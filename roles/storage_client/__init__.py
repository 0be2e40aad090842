"""A client of distributed volumes (GlusterFS by FUSE).

Sets the mounts of the declared volumes, from the servers' fabric names, now and at every start.
Proof: each is mounted from a declared server, and a file written there is read back.
"""

from gigaworks.roles.target import Context

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64", "aarch64")


def why_not(context: Context) -> str:
    """Return why there is nothing to mount."""
    return "" if context.mounts else "the site declares no volume that this node does not serve itself"
