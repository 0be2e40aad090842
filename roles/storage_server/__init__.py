"""A server of distributed volumes (GlusterFS).

Sets the daemon, running and at every start, and the brick directories; the volumes themselves are the storage stack's.
Proof: the service's state, the daemon answering, each brick directory on its declared path.
"""

from gigaworks.roles.target import Context

ARCHITECTURES = ("x86_64", "aarch64", "riscv64")
EXERCISED = ("x86_64",)


def why_not(context: Context) -> str:
    """Return why the node serves nothing."""
    return "" if context.bricks else "no volume names this node as a server"
