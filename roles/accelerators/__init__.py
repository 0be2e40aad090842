"""The accelerators of a node are there, of the declared model, with a driver.

Sets nothing: the driver comes with the node's image.
Proof: count, model and driver version from ``nvidia-smi -q -x`` or ``rocm-smi --json``. In a lab there is no driver:
the role is skipped and says that the accelerators are simulated. Not exercised on real hardware: its readers are
tested with recorded outputs.
"""

from gigaworks.roles.target import Context

ARCHITECTURES = ("x86_64", "aarch64")


def why_not(context: Context) -> str:
    """Return why there is nothing to count."""
    return "" if context.accelerators else "the node's device type has no accelerators"
