"""What a node's declared GPUs need of NVIDIA's software. Pure."""

from __future__ import annotations

from gigaworks.roles import gpu
from gigaworks.roles.nvidia_driver.params import Params
from gigaworks.roles.target import Context

MODULE = "cat /sys/module/nvidia/version 2>/dev/null"


def fabric(params: Params, context: Context) -> gpu.Fabric:
    """Return what joins the node's GPUs."""
    return gpu.nvlink_fabric(context) if params.fabric == "auto" else params.fabric


def packages(params: Params, context: Context) -> list[str]:
    """Return the packages; names as in NVIDIA's own repository."""
    driver = {"open": "nvidia-open", "proprietary": "cuda-drivers"}[params.modules]
    found = list(params.packages) or [driver, "nvidia-persistenced"]
    joined = fabric(params, context)
    if joined == "nvswitch":
        found.append("nvidia-fabricmanager")
        found += ["nvlsm"] if gpu.nvlink_manager(context) else []
    if joined == "nvl72":
        found.append("nvidia-imex")
    return found


def services(params: Params, context: Context) -> list[str]:
    """Return the services that run, in their order."""
    also = {"nvswitch": ["nvidia-fabricmanager"], "nvl72": ["nvidia-imex"], "none": []}[fabric(params, context)]
    return ["nvidia-persistenced", *also]


def modprobe(params: Params) -> str:
    """Return the file in modprobe.d."""
    options = "".join(f"options nvidia {name}={value}\n" for name, value in sorted(params.options.items()))
    return (
        "# Written by Gigaworks, role nvidia_driver: change the site, not this file.\n"
        f"blacklist nouveau\noptions nouveau modeset=0\n{options}"
    )


def pin(params: Params) -> str:
    """Return apt's preferences: no package of the driver leaves its branch by an upgrade."""
    names = "*nvidia-* cuda-drivers* libnvidia-* nvlsm"
    return (
        "# Written by Gigaworks, role nvidia_driver: change the site, not this file.\n"
        f"Package: {names}\nPin: version {params.branch}.*\nPin-Priority: 1001\n"
    )
